import { openRedis } from '../../../adapters/redis/event-store.ts';
import { startRedis } from '../../support/redis-process.ts';
import { storeContract } from '../store-contract.ts';

const redis = await startRedis();

await storeContract(async (partitions) => {
  await redis.command('FLUSHALL');
  return {
    open: () => openRedis({ url: redis.url, partitions }),
    dispose: async () => undefined,
  };
});

await redis[Symbol.asyncDispose]();
