import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import type { Stores } from '../../core/stores.ts';
import { startRedis } from '../support/redis-process.ts';
import { bytesIn, bytesOf, plainFiles, rewritten } from './file-bytes.ts';

/** A log in a folder, which can be copied when the place is disposed of. */
export interface ErasurePlace extends AsyncDisposable {
  /** The Redis that keeps it; empty where the embedded store does. */
  readonly redis: string;
  open(): Promise<Stores>;
  /** All that is on the disk, once nothing is being rewritten there. */
  bytes(): Promise<Buffer>;
}

/** Makes or opens the log in a folder. */
export type OpenPlace = (dir: string) => Promise<ErasurePlace>;

export const embeddedPlace: OpenPlace = async (dir) => ({
  redis: '',
  open: () => openLmdb({ dir }),
  bytes: () => bytesIn(dir),
  [Symbol.asyncDispose]: async () => {},
});

/** A Redis of its own, which keeps its files in the folder. */
export async function redisPlace(dir: string): Promise<ErasurePlace> {
  const files = join(dir, 'redis');
  await mkdir(files, { recursive: true });
  const redis = await startRedis({ dir: files, args: plainFiles });
  return {
    redis: redis.url,
    open: () => openRedis({ url: redis.url }),
    bytes: async () => {
      await rewritten(redis);
      return Buffer.concat([await bytesOf(redis), await bytesIn(dir)]);
    },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}
