import { Decoder } from '@msgpack/msgpack';

import type { Connection } from './connection.ts';
import { bytesOf, listOf, type Reply } from './reply.ts';

/** Redis is busy for about a millisecond with so many, and serves nobody else meanwhile. */
export const packedEntriesMax = 256;
const packedWithinMs = 2_000;

const packedRange =
  "return cmsgpack.pack(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2]))";
/** Strings as the bytes that they are: they need not be UTF-8. */
const messagePack = new Decoder({ rawStrings: true });

/**
 * Entries of a log, from an id on, as XRANGE answers them, but packed by Redis into one string. Of a
 * million entries our side then has a fifth of the work, since the Redis client is slow at answers of
 * many parts, and Redis has five times as much. So records are read to be replayed or sealed; what
 * servers catch up with comes by XRANGE.
 */
export async function readPacked(
  connection: Connection,
  log: string,
  start: string,
  count: number,
): Promise<readonly Reply[]> {
  const reply = await connection.callWithin(
    packedWithinMs,
    'EVAL_RO',
    packedRange,
    1,
    log,
    start,
    count,
  );
  return listOf(messagePack.decode(bytesOf(reply)) as Reply);
}
