import type { AppendOutcome, Commit, Writer } from '../../core/event-store.ts';
import { partitionOfCommit } from '../commit-rules.ts';
import type { Link } from './link.ts';
import type { KnownLog } from './known-log.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { isOfStore } from './refusal.ts';

/** A program that ends must not wait for a Redis that does not answer. */
const closeWithinMs = 1_000;

export type WriterOptions = Omit<LaneOptions, 'known'> & {
  readonly logs: readonly KnownLog[];
  /** Where a partition is written to over a link of its own: that, by the partition. */
  readonly ownLinks?: readonly Link[];
};

/** Appends for one incarnation of a server, or for a tool: in each partition by a lane. */
export class RedisWriter implements Writer {
  readonly #options: WriterOptions;
  readonly #lanes = new Map<number, Lane>();
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  async append(commit: Commit): Promise<AppendOutcome> {
    if (this.#isClosed) return { status: 'unavailable', reason: 'closed' };
    return this.#lane(partitionOfCommit(commit, this.#options.partitions)).append(commit);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const lanes = [...this.#lanes.values()];
    await Promise.all(lanes.map((lane) => lane.close(closeWithinMs)));
    if (this.#options.incarnation === 0) {
      await removeKeys(
        this.#options.link,
        lanes.map(({ key }) => key),
      );
    }
  }

  #lane(partition: number): Lane {
    const existing = this.#lanes.get(partition);
    if (existing !== undefined) return existing;
    const known = this.#options.logs[partition];
    if (known === undefined) throw new RangeError(`the log has no partition ${partition}`);
    const { link, ownLinks } = this.#options;
    const lane = new Lane({ ...this.#options, known, link: ownLinks?.[partition] ?? link });
    this.#lanes.set(partition, lane);
    return lane;
  }
}

/** A tool's keys. Those that cannot be removed now expire by themselves. */
async function removeKeys(link: Link, keys: readonly string[]): Promise<void> {
  if (link.downMs > 0) return;
  try {
    const connection = await link.ready(closeWithinMs);
    await Promise.all(keys.map((key) => connection.callWithin(closeWithinMs, 'DEL', key)));
  } catch (error) {
    if (!isOfStore(error)) throw error;
  }
}
