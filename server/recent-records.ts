import { decodeRecord } from '../adapters/record-codec.ts';
import type { Recorded } from '../core/event-store.ts';
import type { StoredRecord } from '../core/log-source.ts';
import type { Stores } from '../core/stores.ts';

/** Tens of thousands of records, more than a busy minute: who comes back in time finds all here. */
export const recentBytesMax = 32 * 1_048_576;
/** About what a record takes besides its text. */
const overheadBytes = 600;

/** One that was only folded is kept as it is stored, until somebody asks for it. */
type RecentRecord = Recorded | StoredRecord;

/**
 * The last records of each partition that were folded into a view, so that for the many who come
 * back after a loss, their server's start among them, the store need not be read one by one.
 */
export class RecentRecords {
  readonly #byPartition = new Map<number, RecentRecord[]>();
  readonly #bytesMax: number;
  readonly #bytes = new Map<number, number>();
  /** What is asked for together is opened once. */
  #opening: Promise<unknown> = Promise.resolve();

  /** The bound is shared by the partitions. */
  constructor(partitions: number) {
    this.#bytesMax = recentBytesMax / partitions;
  }

  add(recent: RecentRecord): void {
    const { partition } = recent;
    // What could not be opened now may be later: whoever asks then is to have it from the store.
    if ('withheld' in recent && recent.withheld === 'sealed') return this.#letGo(partition);
    const records = this.#byPartition.get(partition);
    const bytes = (this.#bytes.get(partition) ?? 0) + sizeOf(recent);
    this.#bytes.set(partition, bytes);
    if (records === undefined) this.#byPartition.set(partition, [recent]);
    else records.push(recent);
    // Half at a time, so that it is seldom.
    if (bytes > this.#bytesMax) this.#halve(partition);
  }

  /** Lets go of all of them: of a user who was erased nobody keeps the text at hand. */
  clear(): void {
    this.#byPartition.clear();
    this.#bytes.clear();
  }

  /**
   * What came after a position, oldest first, and the record at it if it is not the beginning, with
   * sealed texts opened; undefined when that is further back than is kept.
   * @throws {StoreUnreachable} when a text's key cannot be asked for
   */
  async from(
    partition: number,
    position: number,
    openTexts: Stores['openTexts'],
  ): Promise<readonly Recorded[] | undefined> {
    const records = this.#byPartition.get(partition) ?? [];
    const [first] = records;
    if (first === undefined || first.position > position) return undefined;
    const wanted = position - first.position;
    const opened = this.#opening.then(() => open(records, wanted, openTexts));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  #letGo(partition: number): void {
    this.#byPartition.delete(partition);
    this.#bytes.delete(partition);
  }

  #halve(partition: number): void {
    const records = this.#byPartition.get(partition) ?? [];
    const kept = records.slice(records.length >> 1);
    this.#byPartition.set(partition, kept);
    this.#bytes.set(
      partition,
      kept.reduce((sum, recent) => sum + sizeOf(recent), 0),
    );
  }
}

/** The records from an index on; what is opened is kept so. */
async function open(
  records: RecentRecord[],
  from: number,
  openTexts: Stores['openTexts'] = async (all) => all,
): Promise<readonly Recorded[]> {
  const asked = records.slice(from);
  const opened = await openTexts(
    asked.map((recent) => ('meta' in recent ? decodeRecord(recent) : recent)),
  );
  for (const [index, recorded] of opened.entries())
    if (recorded.withheld !== 'sealed') records[from + index] = recorded;
  return opened;
}

function sizeOf(recent: RecentRecord): number {
  if ('meta' in recent) return overheadBytes + (recent.body?.length ?? 0);
  return overheadBytes + ('text' in recent.event ? recent.event.text.length * 2 : 0);
}
