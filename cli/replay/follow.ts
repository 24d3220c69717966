import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, StoreUnreachable } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { epochStream } from '../../core/stream.ts';
import { recordsBackwards } from '../../server/stream-records.ts';
import { between, partitionsOf, type Positions, type Span } from './log-span.ts';

/** How soon what was appended is looked for. */
const followMs = 250;

/** How far somebody has read, and of which epoch of each partition that is. */
interface Place {
  readonly positions: Positions;
  readonly epochs: readonly string[];
}

/** Shows what is between two places, and tells of what it has shown. */
type Show = (
  spans: readonly Span[],
  onBatch: (batch: readonly StoredRecord[]) => void,
) => Promise<void>;

/** @throws {StoreUnreachable} */
export async function epochsOf(log: EventStore): Promise<readonly string[]> {
  const heads = partitionsOf(log).map((partition) => log.head(partition));
  return (await Promise.all(heads)).map(({ epoch }) => epoch);
}

/**
 * Shows what is appended behind a place, until it is interrupted. A log that is set back goes on
 * from where it was set back to; one that cannot be reached is waited for.
 */
export async function follow(log: EventStore, from: Place, show: Show): Promise<void> {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { signal } = interrupted;
  const reader = new FollowingReader(log, from, show);
  for (let isTold = false; !signal.aborted;) {
    try {
      await reader.showMore();
      isTold = false;
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) throw error;
      if (!isTold)
        process.stderr.write('securechat: The log cannot be reached now: it is waited for.\n');
      isTold = true;
    }
    await sleep(followMs, undefined, { signal }).catch(() => undefined);
  }
  process.off('SIGINT', stop).off('SIGTERM', stop);
}

class FollowingReader {
  readonly #log: EventStore;
  readonly #show: Show;
  readonly #positions: number[];
  readonly #epochs: string[];

  constructor(log: EventStore, { positions, epochs }: Place, show: Show) {
    this.#log = log;
    this.#show = show;
    this.#positions = [...positions];
    this.#epochs = [...epochs];
  }

  /** @throws {StoreUnreachable} what was shown until then is not shown again */
  async showMore(): Promise<void> {
    const end: number[] = [];
    for (const partition of partitionsOf(this.#log)) {
      const { position, epoch } = await this.#log.head(partition);
      if (epoch !== this.#epochs[partition]) await this.#goBack(partition, epoch);
      end.push(position);
    }
    await this.#show(between(this.#positions, end), (batch) => {
      for (const { partition, position } of batch) this.#positions[partition] = position;
    });
  }

  /** What is behind the place that the epochs since then tell of is not what was shown. */
  async #goBack(partition: number, epoch: string): Promise<void> {
    let kept = this.#positions[partition] ?? 0;
    const stream = { stream: epochStream, partition };
    for await (const { event } of recordsBackwards(this.#log, stream)) {
      if (event.type !== 'EpochStarted' || event.data.epoch === this.#epochs[partition]) break;
      kept = Math.min(kept, event.data.from - 1);
    }
    this.#positions[partition] = kept;
    this.#epochs[partition] = epoch;
  }
}
