import type { AppendOutcome } from '../core/event-store.ts';
import { serverStream } from '../core/stream.ts';
import type { ChatServer } from './chat-server.ts';
import type { ServerStatus } from './chat.ts';
import { inTime } from './in-time.ts';

/** An answer is no older than this, and comes within this. */
export const readinessMsMax = 1_000;
/** Who has not read by then what lay in the log is behind. */
const readMsMax = 500;
/** A store that refused to write is taken to do so again for this long, unless it writes. */
const refusalMs = 10_000;

/** Why a server is not ready, in words for whoever looks after it. */
export const notReadyWords = {
  starting: 'The server is starting.',
  stopping: 'The server is stopping.',
  lost: 'The others have declared this server lost; it begins anew.',
  setBack: 'The log was set back, and is being read anew.',
  unfollowed: 'The log cannot be followed at the moment.',
  behind: 'The log is read too slowly to keep up.',
  disconnected: 'The store is out of reach.',
  silent: 'The store does not answer.',
  full: 'The store is full.',
  readOnly: 'The store takes no writes.',
  forgetful: 'The store would forget what it is given when it stops.',
  locked: 'The master key given does not unwrap the keys that texts are sealed with.',
  evicting: 'The store throws away what it was given when it is full.',
  busy: 'More waits to be stored than there is room for.',
  faulty: 'Something is wrong with the store. It has been logged.',
} as const;

export type NotReady = keyof typeof notReadyWords;

/** The last append of a client's doing that the store refused for good, if none succeeded since. */
export interface StoreRefusal {
  readonly reason: 'full' | 'readOnly';
  /** In milliseconds, as by `performance.now()`. */
  readonly at: number;
}

interface Probe {
  readonly startedAt: number;
  /** Why not; undefined when all is well. */
  readonly result: Promise<NotReady | undefined>;
  isOver: boolean;
}

/**
 * Whether a chat server can both append and read now. It finds out by an append without events to
 * each partition, which takes the way of every other, and by what it has folded since.
 */
export class Readiness {
  readonly #server: ChatServer;
  readonly #refusal: () => StoreRefusal | undefined;
  #probe: Probe | undefined;

  /** `refusal`: an embedded store whose disk is full still has room for nothing at all. */
  constructor(server: ChatServer, refusal: () => StoreRefusal | undefined) {
    this.#server = server;
    this.#refusal = refusal;
  }

  /** Why it cannot; undefined when it can. */
  async whyNot(): Promise<NotReady | undefined> {
    const known = this.#whyNotAtOnce();
    if (known !== undefined) return known;
    const probe = this.#freshProbe();
    const leftMs = probe.startedAt + readinessMsMax - performance.now();
    const result = probe.result.then((reason) => ({ reason }));
    const answer = await inTime(result, Math.max(leftMs, 0));
    if (answer === undefined) return 'silent';
    return answer.reason ?? this.#whyNotAtOnce();
  }

  #whyNotAtOnce(): NotReady | undefined {
    const { status, follower, stores } = this.#server;
    if (status !== 'serving') return statusReasons[status];
    const unfit = stores.unfit?.();
    if (unfit !== undefined) return unfit;
    if (!follower.isCurrent) return 'setBack';
    if (!follower.isReading) return 'unfollowed';
    const refusal = this.#refusal();
    const isRefused = refusal !== undefined && performance.now() - refusal.at < refusalMs;
    return isRefused ? refusal.reason : undefined;
  }

  /** One that is under way is not joined by another, however long it takes. */
  #freshProbe(): Probe {
    const startedAt = performance.now();
    const last = this.#probe;
    if (last !== undefined && (!last.isOver || startedAt - last.startedAt < readinessMsMax))
      return last;
    const probe: Probe = { startedAt, result: this.#look(), isOver: false };
    void probe.result.finally(() => (probe.isOver = true));
    this.#probe = probe;
    return probe;
  }

  async #look(): Promise<NotReady | undefined> {
    const { partitions } = this.#server.stores.events.info;
    const looks = Array.from({ length: partitions }, (_, number) => this.#lookAt(number));
    try {
      return (await Promise.all(looks)).find((reason) => reason !== undefined);
    } catch (error) {
      this.#server.log.error({ err: error }, 'the look at the store failed');
      return 'faulty';
    }
  }

  async #lookAt(partition: number): Promise<NotReady | undefined> {
    const { appender, follower, options } = this.#server;
    const nothing = { stream: serverStream(options.name), expected: 'any', events: [] } as const;
    const outcome = await appender.hand({ partition, parts: [nothing] });
    if (outcome.status !== 'appended') return reasonOf(outcome);
    // What lies before it is what others appended: a server that has yet to read it is behind.
    const isRead = await follower.reached(partition, outcome.position - 1, readMsMax);
    return isRead ? undefined : 'behind';
  }
}

const statusReasons: Readonly<Record<Exclude<ServerStatus, 'serving'>, NotReady>> = {
  starting: 'starting',
  restarting: 'lost',
  stopped: 'stopping',
};

function reasonOf(outcome: AppendOutcome): NotReady {
  if (outcome.status === 'fenced') return 'lost';
  if (outcome.status !== 'unavailable') return 'silent';
  return outcome.reason === 'closed' ? 'stopping' : outcome.reason;
}
