import type { AppendOutcome, Commit, Writer } from '../core/event-store.ts';
import type { Metrics } from './metrics.ts';

/** A writer whose appends are counted and timed. A commit without events, which only asks, is not. */
export class MeteredWriter implements Writer {
  readonly #writer: Writer;
  readonly #metrics: Metrics;

  constructor(writer: Writer, metrics: Metrics) {
    this.#writer = writer;
    this.#metrics = metrics;
  }

  async append(commit: Commit): Promise<AppendOutcome> {
    const handedAt = performance.now();
    const outcome = await this.#writer.append(commit);
    if (commit.parts.some(({ events }) => events.length > 0))
      this.#metrics.appended(outcome, performance.now() - handedAt);
    return outcome;
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
