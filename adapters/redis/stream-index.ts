import { type Recorded, type StreamQuery, StoreUnreachable } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import { entryOf, numberBeforeDash, recordOf } from './entry.ts';
import { type PartitionKeys, streamKey } from './keys.ts';
import type { KnownLog } from './known-log.ts';
import { scanLog } from './log-reader.ts';
import { listOf, numberOf } from './reply.ts';
import { runScript, scripts } from './scripts.ts';

/** Redis is busy for about a millisecond with a page. */
const pageRecordsMax = 256;
const rebuildsMax = 3;

type Wanted = Required<Pick<StreamQuery, 'stream' | 'direction' | 'limit'>> &
  Pick<StreamQuery, 'from'>;

/**
 * Reads a stream by its index. An index that is not what the log says (deleted, or with a hole) is
 * made anew from the log first.
 */
export async function readStream(
  connection: Connection,
  known: KnownLog,
  wanted: Wanted,
): Promise<readonly Recorded[]> {
  for (let rebuilds = 0; rebuilds <= rebuildsMax; rebuilds++) {
    const records = await readPages(connection, known.keys, wanted);
    if (records !== undefined) return records;
    await known.check(connection);
    await rebuildIndex(connection, known.keys, wanted.stream);
  }
  throw new StoreUnreachable(`The index of ${wanted.stream} is damaged again and again.`);
}

/**
 * Makes a stream's index anew from the log.
 *
 * @throws {StoreUnreachable} when the log grows faster than it can be read
 */
export async function rebuildIndex(
  connection: Connection,
  keys: PartitionKeys,
  stream: string,
): Promise<void> {
  const positions: number[] = [];
  let position = 0;
  for (let attempt = 0; attempt <= rebuildsMax; attempt++) {
    for await (const page of scanLog(connection, keys, position + 1)) {
      for (const entry of page) {
        position = entry.position;
        if (entry.stream === stream) positions.push(position);
        if (entry.link?.stream === stream) positions.push(position);
      }
    }
    const scriptKeys = [streamKey(keys.partition, stream), keys.log, keys.heads, keys.trimmed];
    const args = [stream, position, positions.join(',')];
    const isDone = await runScript(connection, scripts.reindexStream, scriptKeys, args);
    if (isDone === 1) return;
  }
  throw new StoreUnreachable('The index could not be rebuilt: the log grows too fast.');
}

/** Undefined when the index is damaged. */
async function readPages(
  connection: Connection,
  { partition, log, heads, trimmed }: PartitionKeys,
  { stream, from, direction, limit }: Wanted,
): Promise<readonly Recorded[] | undefined> {
  const isForwards = direction === 'forwards';
  const keys = [streamKey(partition, stream), log, heads, trimmed];
  const records: Recorded[] = [];
  let next = isForwards ? Math.max(from ?? 1, 1) : from;
  while (records.length < limit && (next === undefined || next > 0)) {
    const count = Math.min(limit - records.length, pageRecordsMax);
    const args = [stream, next ?? '+', direction, count];
    const reply = listOf(await runScript(connection, scripts.readStream, keys, args));
    const [last = 0, length = 0, gone = 0] = reply.slice(0, 3).map(numberOf);
    if (last !== length + gone) return undefined;
    next = isForwards ? Math.max(next ?? 1, gone + 1) : Math.min(next ?? last, last);
    for (const found of reply.slice(3)) {
      const [id, entry = null] = listOf(found);
      const record = entry === null ? undefined : recordOf(partition, entryOf(entry));
      if (numberBeforeDash(id) !== next || record === undefined) return undefined;
      if (!isAt(record, stream, next)) return undefined;
      records.push(record);
      next += isForwards ? 1 : -1;
    }
    if (reply.length - 3 === count) continue;
    const isWhole = isForwards ? next > last : next <= gone;
    return isWhole ? records : undefined;
  }
  return records;
}

const isAt = (record: Recorded, stream: string, revision: number): boolean =>
  (record.stream === stream && record.revision === revision) ||
  (record.link?.stream === stream && record.link.revision === revision);
