import type { Recorded } from '../core/event-store.ts';

/** Tens of thousands of records, more than a busy minute: who comes back in time finds all here. */
export const recentBytesMax = 32 * 1_048_576;
/** About what a record takes besides its text. */
const overheadBytes = 600;

/**
 * The last records of each partition that were folded into a view, so that for the many who come
 * back after a loss, their server's start among them, the store need not be read one by one.
 */
export class RecentRecords {
  readonly #byPartition = new Map<number, Recorded[]>();
  readonly #bytesMax: number;
  readonly #bytes = new Map<number, number>();

  /** The bound is shared by the partitions. */
  constructor(partitions: number) {
    this.#bytesMax = recentBytesMax / partitions;
  }

  add(recorded: Recorded): void {
    const { partition } = recorded;
    const records = this.#byPartition.get(partition);
    const bytes = (this.#bytes.get(partition) ?? 0) + sizeOf(recorded);
    this.#bytes.set(partition, bytes);
    if (records === undefined) this.#byPartition.set(partition, [recorded]);
    else records.push(recorded);
    // Half at a time, so that it is seldom.
    if (bytes > this.#bytesMax) this.#halve(partition);
  }

  /** Lets go of all of them: of a user who was erased nobody keeps the text at hand. */
  clear(): void {
    this.#byPartition.clear();
    this.#bytes.clear();
  }

  /**
   * What came after a position, oldest first, and the record at it if it is not the beginning;
   * undefined when that is further back than is kept.
   */
  from(partition: number, position: number): readonly Recorded[] | undefined {
    const records = this.#byPartition.get(partition) ?? [];
    const [first] = records;
    if (first === undefined || first.position > position) return undefined;
    return records.slice(position - first.position);
  }

  #halve(partition: number): void {
    const records = this.#byPartition.get(partition) ?? [];
    const kept = records.slice(records.length >> 1);
    this.#byPartition.set(partition, kept);
    this.#bytes.set(
      partition,
      kept.reduce((sum, recorded) => sum + sizeOf(recorded), 0),
    );
  }
}

const sizeOf = ({ event }: Recorded): number =>
  overheadBytes + ('text' in event ? event.text.length * 2 : 0);
