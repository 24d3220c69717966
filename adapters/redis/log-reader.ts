import { type Connection } from './connection.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { entriesOf, type Entry, entryOf, storedIn } from './entry.ts';
import type { PartitionKeys } from './keys.ts';
import { packedEntriesMax, readPacked } from './packed-page.ts';
import { numberOf, optional } from './reply.ts';

/** With records of the usual few hundred bytes a page is well below a megabyte. */
export const pageEntriesMax = 512;
const pageWithinMs = 2_000;

/** A page of a partition's log from a position on; a short one is the last. */
export async function readPage(
  connection: Connection,
  { log }: PartitionKeys,
  from: number,
  limit = pageEntriesMax,
): Promise<readonly Entry[]> {
  const count = Math.min(limit, pageEntriesMax);
  const range = ['XRANGE', log, `${from}-0`, '+', 'COUNT', count] as const;
  const [name, ...args] = range;
  return entriesOf(await connection.callWithin(pageWithinMs, name, ...args));
}

/** Records as they are kept, from a position on; holes are left to whoever reads them. */
export async function readStored(
  connection: Connection,
  keys: PartitionKeys,
  from: number,
  limit: number,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let next = from; ; next = (records.at(-1)?.position ?? next) + 1) {
    const wanted = Math.min(limit - records.length, packedEntriesMax);
    if (wanted <= 0) return records;
    const page = await readPacked(connection, keys.log, `${next}-0`, wanted);
    for (const entry of page) records.push(storedIn(keys.partition, entryOf(entry)));
    if (page.length < wanted) return records;
  }
}

/** The position of the first record that was not trimmed. */
export async function readFirst(
  connection: Connection,
  { trimmed }: PartitionKeys,
): Promise<number> {
  return optional(await connection.call('HGET', trimmed, ':first'), numberOf) ?? 1;
}

/** The entry at one position, if the log has it. */
export async function readEntry(
  connection: Connection,
  keys: PartitionKeys,
  position: number,
): Promise<Entry | undefined> {
  const [entry] = await readPage(connection, keys, position, 1);
  return entry?.position === position ? entry : undefined;
}

/** All entries from a position on, page by page, up to what is the end by then. */
export async function* scanLog(
  connection: Connection,
  keys: PartitionKeys,
  from = 1,
): AsyncGenerator<readonly Entry[]> {
  let next = from;
  for (;;) {
    const page = await readPage(connection, keys, next);
    yield page;
    if (page.length < pageEntriesMax) return;
    next = (page.at(-1)?.position ?? next) + 1;
  }
}
