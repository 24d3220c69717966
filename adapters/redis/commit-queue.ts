import { appendAnswerMsMax, type AppendOutcome } from '../../core/event-store.ts';
import { type EncodedCommit, encodeCommit } from './append-batch.ts';
import type { Commit } from '../../core/event-store.ts';

/** Together about what Redis does in two seconds; more would not be answered in time. */
export const queuedBytesMax = 16 * 1024 * 1024;
export const queuedCommitsMax = 65_536;
/** Bounds how long Redis is busy with one script: some 5 ms. A larger commit goes alone. */
export const batchEventsMax = 512;
export const batchBytesMax = 1024 * 1024;
/** Leaves time for the answer to come about, and for timers that are late. */
const answerWithinMs = appendAnswerMsMax - 250;

/** A commit that waits for its outcome. */
export interface Pending extends EncodedCommit {
  readonly expiresAt: number;
  /** Of the log, when it was decided. */
  readonly generation: number;
  /** Answers it; only the first answer counts. */
  settle(outcome: AppendOutcome): void;
  isSettled: boolean;
}

/**
 * A writer's commits for one partition, in the order of their calls. Each is answered in time:
 * one that was never handed over as `unavailable`, one that was as `unknown`.
 */
export class CommitQueue {
  readonly #waiting: Pending[] = [];
  #handedOver: readonly Pending[] = [];
  #commits = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Answers `unavailable`, reason `busy`, when the queue is full. */
  add(commit: Commit, generation: number): Promise<AppendOutcome> {
    const encoded = encodeCommit(commit);
    if (this.#commits >= queuedCommitsMax || this.#bytes + encoded.bytes > queuedBytesMax) {
      return Promise.resolve({ status: 'unavailable', reason: 'busy' });
    }
    this.#commits += 1;
    this.#bytes += encoded.bytes;
    return new Promise((resolve) => {
      const pending: Pending = {
        ...encoded,
        generation,
        expiresAt: performance.now() + answerWithinMs,
        isSettled: false,
        settle: (outcome) => {
          if (pending.isSettled) return;
          pending.isSettled = true;
          this.#commits -= 1;
          this.#bytes -= encoded.bytes;
          // Of what was said nothing is held until the next commit.
          if (this.#commits === 0) this.#handedOver = [];
          resolve(outcome);
        },
      };
      this.#waiting.push(pending);
      if (this.#timer === undefined) this.#wakeFor(pending);
    });
  }

  /** Takes the next batch, to be handed over. Empty when nothing waits. */
  take(): readonly Pending[] {
    let [count, events, bytes] = [0, 0, 0];
    for (const pending of this.#waiting) {
      events += pending.events.length;
      bytes += pending.bytes;
      const isTooMuch = events > batchEventsMax || bytes > batchBytesMax;
      if (count === batchEventsMax || (count > 0 && isTooMuch)) break;
      count += 1;
    }
    this.#handedOver = this.#waiting.splice(0, count);
    return this.#handedOver;
  }

  /** Puts a batch back that certainly was not carried out; those told `unknown` are dropped. */
  putBack(batch: readonly Pending[]): void {
    this.#handedOver = [];
    this.#waiting.unshift(...batch.filter(({ isSettled }) => !isSettled));
  }

  /** Answers a batch, or all that wait, alike. */
  settleAll(outcome: AppendOutcome, batch: readonly Pending[] = this.#waiting.splice(0)): void {
    for (const pending of batch) pending.settle(outcome);
  }

  /** Answers all that is left: nobody will wait for what becomes of it. */
  abandon(): void {
    this.settleAll({ status: 'unknown' }, this.#handedOver);
    this.settleAll({ status: 'unavailable', reason: 'closed' });
    clearTimeout(this.#timer);
  }

  /** One timer, for the oldest commit; those after it expire later. */
  #wakeFor({ expiresAt }: Pending): void {
    const leftMs = Math.max(expiresAt - performance.now(), 0);
    this.#timer = setTimeout(() => this.#expire(), leftMs);
  }

  #expire(): void {
    const now = performance.now();
    const isOver = ({ expiresAt }: Pending): boolean => expiresAt <= now;
    this.settleAll({ status: 'unknown' }, this.#handedOver.filter(isOver));
    const kept = this.#waiting.findIndex((pending) => !isOver(pending));
    const late = this.#waiting.splice(0, kept === -1 ? this.#waiting.length : kept);
    this.settleAll({ status: 'unavailable', reason: 'disconnected' }, late);
    const oldest = [...this.#handedOver, ...this.#waiting].find(({ isSettled }) => !isSettled);
    this.#timer = undefined;
    if (oldest !== undefined) this.#wakeFor(oldest);
  }
}
