import { type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import { recordFormat } from '../record-codec.ts';
import type { Connection } from './connection.ts';
import { metaKey } from './keys.ts';
import { listOf, numberOf, optional } from './reply.ts';

/**
 * What the log says of itself; a log that is not there is founded here.
 *
 * @param partitions how many it must have; any number, and one for a new log, when undefined
 * @throws {StoreUnusable} when it is of a later format or has other partitions
 */
export async function readLogInfo(
  connection: Connection,
  partitions: number | undefined,
): Promise<LogInfo> {
  const info = (await readMeta(connection)) ?? (await makeMeta(connection, partitions ?? 1));
  if (info.format > recordFormat) {
    throw new StoreUnusable(
      `The log in this Redis is of format ${info.format}, and this program knows formats up to ` +
        `${recordFormat}; use a later version of the program.`,
    );
  }
  if (partitions !== undefined && partitions !== info.partitions) {
    throw new StoreUnusable(
      `The log in this Redis has ${info.partitions} partitions, not ${partitions}; their number ` +
        'is fixed when the log is made.',
    );
  }
  return info;
}

async function readMeta(connection: Connection): Promise<LogInfo | undefined> {
  const reply = await connection.call('HMGET', metaKey, 'format', 'partitions');
  const [format, partitions] = listOf(reply).map((value) => optional(value, numberOf));
  return partitions === undefined ? undefined : { format: format ?? recordFormat, partitions };
}

/** Of two that make it at the same moment the first one counts. */
async function makeMeta(connection: Connection, partitions: number): Promise<LogInfo> {
  await connection.call('HSETNX', metaKey, 'format', recordFormat);
  await connection.call('HSETNX', metaKey, 'partitions', partitions);
  return (await readMeta(connection)) ?? { format: recordFormat, partitions };
}
