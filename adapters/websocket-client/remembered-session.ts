import type { ClientEvent, Hole } from './client-event.ts';
import type { SessionBody } from './client-state.ts';
import { Density } from './density.ts';
import type { SavedSession, SavedSessionStore } from './saved-session.ts';

/** The session that the client is in or could go on with, kept where a loaded page finds it. */
export class RememberedSession {
  readonly #store: SavedSessionStore | undefined;
  #saved: SavedSession | undefined;
  #density: Density | undefined;

  constructor(store: SavedSessionStore | undefined) {
    this.#store = store;
    this.#saved = store?.load();
    if (this.#saved !== undefined) this.#density = new Density(this.#saved.user);
  }

  /** What a resume takes; undefined where there is no session. */
  get resumable(): SavedSession | undefined {
    return this.#saved;
  }

  /** A login opened it: numbers begin anew. */
  begin(body: SessionBody): void {
    this.#density = undefined;
    this.#goOn(body, 0);
  }

  /** It was resumed: what was missed has been heard, or is heard next. */
  resume(body: SessionBody): void {
    this.#goOn(body, this.#saved?.sequence ?? 0);
  }

  /** The number for the next message. It is kept before it is used, and never used twice. */
  nextSequence(): number {
    if (this.#saved === undefined) throw new Error('A message was sent outside of a session.');
    const sequence = this.#saved.sequence + 1;
    this.#save({ ...this.#saved, sequence });
    return sequence;
  }

  joined(room: { readonly room: string; readonly epoch: string; readonly number: number }): void {
    this.#density?.isIn(room);
  }

  /** The password was changed: the token before is void. */
  renewed({ token }: { readonly token?: string | undefined }): void {
    if (token !== undefined && this.#saved !== undefined) this.#save({ ...this.#saved, token });
  }

  /** What there is to hear of it. */
  heard(frame: Exclude<ClientEvent, Hole>): readonly ClientEvent[] {
    if (frame.type === 'cursor' && this.#saved !== undefined)
      this.#save({ ...this.#saved, cursor: frame.cursor });
    return this.#density?.heard(frame) ?? [frame];
  }

  /** It is over. */
  forget(): void {
    this.#saved = undefined;
    this.#density = undefined;
    this.#store?.clear();
  }

  #goOn({ user, token, cursor, servers, rooms }: SessionBody, sequence: number): void {
    this.#density ??= new Density(user);
    for (const room of rooms) this.#density.isIn(room);
    this.#save({ token, cursor, user, servers, sequence });
  }

  #save(saved: SavedSession): void {
    this.#saved = saved;
    this.#store?.save(saved);
  }
}
