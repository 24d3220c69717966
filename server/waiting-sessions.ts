import type { Member } from '../core/room.ts';
import { liveServersInOrder } from '../core/views/servers.ts';
import type { Chat } from './chat.ts';
import { endSession } from './session-end.ts';

/** How long a session waits for its client to come back. */
export const detachedMsMax = 60_000;
/** What is left of a session that is over is cleared away after so long: others may be at it. */
const strayMsMax = 3_000;
/**
 * What is left on another server that lives waits for longer: as long as that server may be stopped
 * without being lost. It may yet append what its client said before, and nobody is to have left then.
 */
const strayElsewhereMsMax = 15_000;
/** Servers take turns: whoever comes first in the alphabet does it, and the next if it did not. */
const turnMs = 3_000;
const lookMs = 1_000;

/**
 * Ends the sessions that wait for their clients for too long, whichever server held them, and the
 * memberships that a session left behind that is over. How long, each server counts for itself, from
 * when it first saw it: clocks differ, and a server that starts sees everything for the first time.
 */
export class WaitingSessions {
  readonly #chat: Chat;
  readonly #detachedMs: number;
  /** Since when each session waits, or is a stray, as this server knows. */
  readonly #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(chat: Chat) {
    this.#chat = chat;
    this.#detachedMs = chat.options.detachedMs ?? detachedMsMax;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#chat.isEnding) return;
    const waiting = this.#waiting();
    for (const session of this.#since.keys())
      if (!waiting.has(session)) this.#since.delete(session);
    const now = performance.now();
    const { options, follower } = this.#chat;
    const turn = Math.max(0, liveServersInOrder(follower.view.servers).indexOf(options.name));
    for (const [session, { user, afterMs }] of waiting) {
      const since = this.#since.get(session) ?? now;
      this.#since.set(session, since);
      if (now - since < afterMs + turn * turnMs) continue;
      this.#since.set(session, now);
      void endSession(this.#chat, { user, session, reason: 'expired' });
    }
  }

  #waiting(): ReadonlyMap<string, { readonly user: string; readonly afterMs: number }> {
    const { sessions, rooms } = this.#chat.follower.view;
    const waiting = new Map<string, { user: string; afterMs: number }>();
    for (const [session, { user, isDetached }] of sessions.bySession)
      if (isDetached) waiting.set(session, { user, afterMs: this.#detachedMs });
    for (const room of rooms.byRoom.values())
      for (const [session, member] of room.members)
        if (!sessions.bySession.has(session))
          waiting.set(session, { user: member.user, afterMs: this.#strayMs(member) });
    return waiting;
  }

  #strayMs({ server, incarnation }: Member): number {
    const { options, follower } = this.#chat;
    const isElsewhere = server !== options.name;
    const lives = follower.view.servers.get(server)?.incarnation === incarnation;
    return isElsewhere && lives ? strayElsewhereMsMax : strayMsMax;
  }
}
