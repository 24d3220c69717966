import { type LogHead, type Recorded, StoreUnusable } from '../../core/event-store.ts';
import type { StreamQuery } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { decodeRecord } from '../record-codec.ts';
import { headKey, logKey, numberedKey, readNumber } from './keys.ts';
import { readStoredRecord } from './stored-record.ts';
import type { Tables } from './tables.ts';

/** The end of a partition's log, and the time of its last record. */
export interface PartitionHead extends Omit<LogHead, 'first'> {
  readonly at: number;
}

/** Reads the log. Each call sees all that was committed before it, by any process. */
export class LogReader {
  readonly #tables: Tables;
  /** What was read last of each partition: all subscribers of a process want the same. */
  readonly #latest = new Map<number, { readonly from: number; readonly records: Recorded[] }>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  head(partition: number): LogHead {
    this.#refresh();
    const { position, epoch } = readHead(this.#tables, partition);
    return { position, first: readFirst(this.#tables, partition), epoch };
  }

  /** @throws {StoreUnusable} for a log with a hole; {@link CorruptRecord} for a damaged record */
  records(partition: number, from: number, limit: number): readonly Recorded[] {
    this.#refresh();
    const first = Math.max(from, readFirst(this.#tables, partition));
    const last = Math.min(readHead(this.#tables, partition).position, first + limit - 1);
    const latest = this.#latest.get(partition);
    if (latest?.from === first && latest.records.at(-1)?.position === last) return latest.records;
    const records: Recorded[] = [];
    for (let position = first; position <= last; position++) {
      records.push(this.#record(partition, position));
    }
    if (records.length > 0) this.#latest.set(partition, { from: first, records });
    return records;
  }

  /** The same as they are kept, which nobody has looked into. @throws {StoreUnusable} */
  stored(partition: number, from: number, limit: number): readonly StoredRecord[] {
    this.#refresh();
    const first = Math.max(from, readFirst(this.#tables, partition));
    const last = Math.min(readHead(this.#tables, partition).position, first + limit - 1);
    const records: StoredRecord[] = [];
    for (let position = first; position <= last; position++)
      records.push(this.#stored(partition, position));
    return records;
  }

  stream(partition: number, query: Omit<StreamQuery, 'partition'>): readonly Recorded[] {
    this.#refresh();
    const { stream, from, direction = 'forwards', limit } = query;
    const revision = readRevision(this.#tables, partition, stream);
    const step = direction === 'forwards' ? 1 : -1;
    const first = readTrimmed(this.#tables, partition, stream) + 1;
    const start = step === 1 ? Math.max(from ?? 1, first) : Math.min(from ?? revision, revision);
    const records: Recorded[] = [];
    for (
      let next = start;
      next >= first && next <= revision && records.length < limit;
      next += step
    ) {
      const position = this.#tables.streams.getBinary(numberedKey(partition, stream, next));
      if (position === undefined) throw hole(`revision ${next} of ${stream}`, partition);
      records.push(this.#record(partition, readNumber(position, 0)));
    }
    return records;
  }

  #record(partition: number, position: number): Recorded {
    return decodeRecord(this.#stored(partition, position));
  }

  #stored(partition: number, position: number): StoredRecord {
    const bytes = this.#tables.log.getBinary(logKey(partition, position));
    if (bytes === undefined) throw hole(`position ${position}`, partition);
    return readStoredRecord(partition, position, bytes);
  }

  /** Lets go of the snapshot that reads of the same turn of the event loop would share. */
  #refresh(): void {
    this.#tables.root.resetReadTxn();
  }
}

/** @throws {StoreUnusable} when the partition has no head, as every partition of a log has */
export function readHead({ heads }: Tables, partition: number): PartitionHead {
  const head = heads.getBinary(headKey(partition));
  if (head === undefined) throw new StoreUnusable(`Partition ${partition} of the log is missing.`);
  const [position, at] = [readNumber(head, 0), readNumber(head, 8)];
  return { position, at, epoch: head.toString('utf8', 16) };
}

/** 0 for a stream without events. */
export function readRevision({ heads }: Tables, partition: number, stream: string): number {
  const revision = heads.getBinary(headKey(partition, stream));
  return revision === undefined ? 0 : readNumber(revision, 0);
}

/** The position of the partition's first record: 1 unless it was trimmed. */
export function readFirst({ trimmed }: Tables, partition: number): number {
  const first = trimmed.getBinary(headKey(partition));
  return first === undefined ? 1 : readNumber(first, 0);
}

/** How many of a stream's revisions were trimmed. */
export function readTrimmed({ trimmed }: Tables, partition: number, stream: string): number {
  const last = trimmed.getBinary(headKey(partition, stream));
  return last === undefined ? 0 : readNumber(last, 0);
}

const hole = (what: string, partition: number): StoreUnusable =>
  new StoreUnusable(`The log is damaged: ${what} in partition ${partition} is missing.`);
