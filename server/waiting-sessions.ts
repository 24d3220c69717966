import { StoreUnreachable } from '../core/event-store.ts';
import type { Member } from '../core/room.ts';
import { liveServersInOrder } from '../core/views/servers.ts';
import { loadSession } from './aggregate.ts';
import type { Chat } from './chat.ts';
import { tryEndSession } from './session-end.ts';

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

interface Waiting {
  readonly key: string;
  readonly user: string;
  readonly session: string;
  /** A membership without a session, not a session without a connection. */
  readonly isStray: boolean;
  readonly afterMs: number;
}

/**
 * Ends the sessions that wait for their clients for too long, whichever server held them, and the
 * memberships that a session left behind that is over. How long, each server counts for itself, from
 * when it first saw it: clocks differ, and a server that starts sees everything for the first time.
 */
export class WaitingSessions {
  readonly #chat: Chat;
  readonly #detachedMs: number;
  /** Since when each one waits, by its key, as this server knows. */
  readonly #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(chat: Chat) {
    this.#chat = chat;
    this.#detachedMs = chat.options.detachedMs ?? detachedMsMax;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), lookMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#chat.isEnding || this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const waiting of this.#due()) await this.#end(waiting);
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) throw error;
      this.#chat.log.debug({ err: error }, 'sessions that wait could not be looked at');
    } finally {
      this.#isLooking = false;
    }
  }

  /** What has waited for long enough. It is tried once a look, until it waits no more. */
  #due(): readonly Waiting[] {
    const { options, follower } = this.#chat;
    const waiting = this.#waiting();
    const keys = new Set(waiting.map(({ key }) => key));
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
    const now = performance.now();
    const turn = Math.max(0, liveServersInOrder(follower.view.servers).indexOf(options.name));
    return waiting.filter(({ key, afterMs }) => {
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      return now - since >= afterMs + turn * turnMs;
    });
  }

  async #end({ user, session, isStray }: Waiting): Promise<void> {
    if (isStray) {
      // The view may stand behind in the partition of the session: the store knows.
      const { state } = await loadSession(this.#chat.stores.events, user);
      if (state.status !== 'closed' && state.session === session) return;
    }
    await tryEndSession(this.#chat, { user, session, reason: 'expired' });
  }

  #waiting(): readonly Waiting[] {
    const { sessions, rooms } = this.#chat.follower.view;
    const waiting: Waiting[] = [];
    // A session that was resumed and detached again waits anew: its revision is another one.
    for (const [session, { user, isDetached, revision }] of sessions.bySession)
      if (isDetached)
        waiting.push({
          key: `${session}:${revision}`,
          user,
          session,
          isStray: false,
          afterMs: this.#detachedMs,
        });
    for (const [session, [room]] of rooms.bySession) {
      const member = sessions.bySession.has(session) ? undefined : room?.members.get(session);
      if (member === undefined) continue;
      const { user } = member;
      waiting.push({ key: session, user, session, isStray: true, afterMs: this.#strayMs(member) });
    }
    return waiting;
  }

  #strayMs({ server, incarnation }: Member): number {
    const { options, follower } = this.#chat;
    const isElsewhere = server !== options.name;
    const lives = follower.view.servers.get(server)?.incarnation === incarnation;
    return isElsewhere && lives ? strayElsewhereMsMax : strayMsMax;
  }
}
