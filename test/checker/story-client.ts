import type { HistoryEvent, HistoryList } from './history.ts';
import type { StoryClock } from './story-log.ts';

type Unstamped<E> = E extends unknown ? Omit<E, 'connection' | 'at'> : never;

/** What a client does or sees, without where and when. */
export type Seen = Unstamped<HistoryEvent>;

export interface StoryServer {
  readonly name: string;
  readonly incarnation: number;
}

/** One session of a story with its connection, which writes down what reaches it. */
export class StoryClient {
  readonly user: string;
  readonly session: string;
  readonly server: StoryServer;
  readonly history: HistoryList;
  room = 'lobby';
  sent = 0;
  readonly #clock: StoryClock;
  readonly #connection: number;
  #isDeaf = false;
  #held: Seen[] | undefined;

  constructor(
    { user, session, server }: { user: string; session: string; server: StoryServer },
    { history, clock }: { history: HistoryList; clock: StoryClock },
  ) {
    this.user = user;
    this.session = session;
    this.server = server;
    this.history = history;
    this.#clock = clock;
    this.#connection = history.nextConnection();
  }

  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  sees(seen: Seen): void {
    if (this.#isDeaf) return;
    if (this.#held !== undefined) this.#held.push(seen);
    else this.history.add({ ...seen, connection: this.#connection, at: this.#clock.tick() });
  }

  /** From now on nothing reaches it, until `release`. */
  hold(): void {
    this.#held = [];
  }

  /** What was held reaches it, in the order that is made of it. */
  release(arrange: (held: readonly Seen[]) => readonly Seen[] = (held) => held): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const seen of arrange(held)) this.sees(seen);
  }

  /** The connection breaks: nothing reaches it any more. */
  hangUp(): void {
    this.sees({ kind: 'closed', reason: 'broken', complete: false });
    this.#isDeaf = true;
  }

  /** The client has everything that was ever to reach it, and hangs up. */
  finish(): void {
    this.sees({ kind: 'closed', reason: 'done', complete: true });
    this.#isDeaf = true;
  }
}
