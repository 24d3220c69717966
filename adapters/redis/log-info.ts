import { partitionsInWords } from '../partitions-in-words.ts';
import { type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import { possiblePartitions } from '../possible-partitions.ts';
import { recordFormat } from '../record-codec.ts';
import type { Address } from './address.ts';
import type { Connection } from './connection.ts';
import { logPattern, metaKey, partitionOfLogKey } from './keys.ts';
import { listOf, numberOf, optional, textOf } from './reply.ts';

/** Enough that a Redis full of other things is soon looked through, few enough not to stop it. */
const scanCount = 1_000;

/**
 * What the log says of itself; a log that is not there is founded here.
 *
 * @param partitions how many it must have; any number, and one for a new log, when undefined
 * @throws {StoreUnusable} when it is of a later format or has other partitions, or does not say how
 *   many it has and they are not just those asked for
 */
export async function readLogInfo(
  connection: Connection,
  partitions: number | undefined,
): Promise<LogInfo> {
  const info = (await readMeta(connection)) ?? (await foundMeta(connection, partitions));
  if (info.format > recordFormat) {
    throw new StoreUnusable(
      `The log in this Redis is of format ${info.format}, and this program knows formats up to ` +
        `${recordFormat}; use a later version of the program.`,
    );
  }
  if (partitions !== undefined && partitions !== info.partitions) {
    throw new StoreUnusable(
      `The log in this Redis has ${partitionsInWords(info.partitions)}, not ${partitions}; their number ` +
        'is fixed when the log is made.',
    );
  }
  return info;
}

/** @throws {StoreUnusable} when there is no log in this Redis */
export async function mustHaveLog(connection: Connection, { text }: Address): Promise<void> {
  if ((await readMeta(connection)) !== undefined) return;
  throw new StoreUnusable(`There is no log in the Redis at ${text}: give another address.`);
}

/**
 * What the log says of itself, as it stands there; undefined where there is none.
 * @throws {StoreUnusable} when it has an impossible number of partitions
 */
export async function readMeta(connection: Connection): Promise<LogInfo | undefined> {
  const reply = await connection.call('HMGET', metaKey, 'format', 'partitions');
  const [format, partitions] = listOf(reply);
  if (partitions === undefined || partitions === null) return undefined;
  return {
    format: optional(format, numberOf) ?? recordFormat,
    partitions: possiblePartitions(Number(textOf(partitions)), 'this Redis'),
  };
}

async function foundMeta(connection: Connection, partitions: number | undefined): Promise<LogInfo> {
  const found = await partitionsThere(connection);
  // Somebody else may have founded the log since it was looked for.
  const info = found.size > 0 ? await readMeta(connection) : undefined;
  if (info !== undefined) return info;
  const count = Math.max(...found, -1) + 1;
  const areAll = count === found.size;
  // By one of the two alone it is not certain: a partition may be lost as well, or the number wrong.
  if (found.size === 0 || (areAll && partitions === count)) {
    return makeMeta(connection, partitions ?? 1);
  }
  const wayOut = areAll ? `, or give --partitions ${count} once if these were all` : '';
  throw new StoreUnusable(
    `The log in this Redis has lost the key that says how many partitions it has (${metaKey}); ` +
      `${found.size} are there. Restore a backup${wayOut}.`,
  );
}

/** The partitions that have a log. */
async function partitionsThere(connection: Connection): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  let cursor = '0';
  do {
    const scan = ['SCAN', cursor, 'MATCH', logPattern, 'COUNT', scanCount] as const;
    const [next, keys] = listOf(await connection.call(...scan));
    cursor = textOf(next);
    for (const key of listOf(keys)) {
      const partition = partitionOfLogKey(textOf(key));
      if (partition !== undefined) found.add(partition);
    }
  } while (cursor !== '0');
  return found;
}

/** Of two that make it at the same moment the first one counts. */
async function makeMeta(connection: Connection, partitions: number): Promise<LogInfo> {
  await connection.call('HSETNX', metaKey, 'format', recordFormat);
  await connection.call('HSETNX', metaKey, 'partitions', partitions);
  return (await readMeta(connection)) ?? { format: recordFormat, partitions };
}
