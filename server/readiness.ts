import type { AppendOutcome, UnavailableReason } from '../core/event-store.ts';
import { serverStream } from '../core/stream.ts';
import type { ChatServer } from './chat-server.ts';
import type { ServerStatus } from './chat.ts';
import { inTime } from './in-time.ts';

/** An answer is no older than this, and comes within this. */
export const readinessMsMax = 1_000;
/** A store that refused to write is taken to do so again for this long, unless it writes. */
const refusalMs = 10_000;

/** The last append of a client's doing that the store refused for good, if none succeeded since. */
export interface StoreRefusal {
  readonly reason: UnavailableReason;
  /** In milliseconds, as by `performance.now()`. */
  readonly at: number;
}

interface Probe {
  readonly startedAt: number;
  /** Why not; undefined when all is well. */
  readonly result: Promise<string | undefined>;
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

  /** Why it cannot, in words; undefined when it can. */
  async whyNot(): Promise<string | undefined> {
    const known = this.#whyNotAtOnce();
    if (known !== undefined) return known;
    const probe = this.#freshProbe();
    const leftMs = probe.startedAt + readinessMsMax - performance.now();
    const result = probe.result.then((reason) => ({ reason }));
    const answer = await inTime(result, Math.max(leftMs, 0));
    if (answer === undefined) return 'The store does not answer.';
    return answer.reason ?? this.#whyNotAtOnce();
  }

  #whyNotAtOnce(): string | undefined {
    const { status, follower } = this.#server;
    if (status !== 'serving') return statusWords[status];
    if (!follower.isCurrent) return 'The log was set back, and is being read anew.';
    if (!follower.isReading) return 'The log cannot be followed at the moment.';
    const refusal = this.#refusal();
    const isRefused = refusal !== undefined && performance.now() - refusal.at < refusalMs;
    return isRefused ? unavailableWords[refusal.reason] : undefined;
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

  async #look(): Promise<string | undefined> {
    const { partitions } = this.#server.stores.events.info;
    const looks = Array.from({ length: partitions }, (_, number) => this.#lookAt(number));
    try {
      return (await Promise.all(looks)).find((reason) => reason !== undefined);
    } catch (error) {
      this.#server.log.error({ err: error }, 'the look at the store failed');
      return 'Something is wrong with the store. It has been logged.';
    }
  }

  async #lookAt(partition: number): Promise<string | undefined> {
    const { appender, follower, options } = this.#server;
    const nothing = { stream: serverStream(options.name), expected: 'any', events: [] } as const;
    const outcome = await appender.hand({ partition, parts: [nothing] });
    if (outcome.status !== 'appended') return wordsFor(outcome);
    // What lies before it is what others appended: a server that has yet to read it is behind.
    const isRead = await follower.reached(partition, outcome.position - 1, readinessMsMax);
    return isRead ? undefined : 'The log is read too slowly to keep up.';
  }
}

const restarting = 'The others have declared this server lost; it begins anew.';
const statusWords: Readonly<Record<Exclude<ServerStatus, 'serving'>, string>> = {
  starting: 'The server is starting.',
  restarting,
  stopped: 'The server is stopping.',
};
const unavailableWords: Readonly<Record<UnavailableReason, string>> = {
  disconnected: 'The store is out of reach.',
  busy: 'More waits to be stored than there is room for.',
  full: 'The store is full.',
  readOnly: 'The store takes no writes.',
  closed: 'The server is stopping.',
};

function wordsFor(outcome: AppendOutcome): string {
  if (outcome.status === 'unavailable') return unavailableWords[outcome.reason];
  return outcome.status === 'fenced' ? restarting : 'The store does not answer.';
}
