import { randomUUID } from 'node:crypto';

import type { EpochStarted } from '../../core/epoch.ts';
import { StoreUnreachable } from '../../core/event-store.ts';
import { epochStream } from '../../core/stream.ts';
import { epochEvent } from '../epoch-event.ts';
import { encodeEvent, recordFormat } from '../record-codec.ts';
import type { Connection } from './connection.ts';
import { recordOf } from './entry.ts';
import { metaKey, type PartitionKeys, streamKey } from './keys.ts';
import { readEntry } from './log-reader.ts';
import { runScript, scripts } from './scripts.ts';
import type { Place } from './trail.ts';

/**
 * The first position whose record is not the one known. What is known and what is there have a
 * common beginning, so this is a binary search. Where records in between are not known, it is the
 * first position that is not known to be the same.
 *
 * @param places known records by position, at least one of which is not there any more
 * @param last the position of the log's last record
 */
export async function firstDifference(
  connection: Connection,
  keys: PartitionKeys,
  places: readonly Place[],
  last: number,
): Promise<number> {
  let [same, different] = [-1, places.length];
  while (different - same > 1) {
    const middle = (same + different) >> 1;
    const place = places[middle];
    if (place !== undefined && place.position <= last && (await isThere(connection, keys, place))) {
      same = middle;
    } else {
      different = middle;
    }
  }
  return (places[same]?.position ?? 0) + 1;
}

/** Tells in the log that it was rolled back, unless the epoch is not `previous` any more. */
export async function startEpoch(
  connection: Connection,
  { partition, log, heads }: PartitionKeys,
  { previous, from }: { readonly previous: string; readonly from: number },
): Promise<void> {
  const epoch = randomUUID();
  const meta = epochMeta({ epoch, previous, from });
  const keys = [log, heads, streamKey(partition, epochStream)];
  await runScript(connection, scripts.startEpoch, keys, [epochStream, previous, epoch, meta]);
}

/**
 * Makes a log that is not there.
 *
 * @param previous the epoch of one that was, as far as known
 * @param partitions how many there are of them
 * @throws {StoreUnreachable} when somebody has begun a log with another number of partitions
 */
export async function createLog(
  connection: Connection,
  { partition, log, heads }: PartitionKeys,
  { previous, partitions }: { readonly previous: string | undefined; readonly partitions: number },
): Promise<void> {
  const epoch = randomUUID();
  const first = { epoch, from: 1, partitions };
  const meta = epochMeta(previous === undefined ? first : { ...first, previous });
  const keys = [log, heads, streamKey(partition, epochStream), metaKey];
  const args = [epochStream, epoch, meta, recordFormat, partitions];
  if ((await runScript(connection, scripts.createLog, keys, args)) !== -1) return;
  throw new StoreUnreachable(
    `The log in this Redis is gone, and another was begun with other than ${partitions} partitions.`,
  );
}

const epochMeta = (data: EpochStarted['data']): Buffer =>
  encodeEvent(epochEvent(randomUUID(), data)).meta;

async function isThere(
  connection: Connection,
  keys: PartitionKeys,
  { position, id }: Place,
): Promise<boolean> {
  const entry = await readEntry(connection, keys, position);
  return entry !== undefined && recordOf(keys.partition, entry).id === id;
}
