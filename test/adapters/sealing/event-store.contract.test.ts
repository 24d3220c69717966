import { MemoryLog } from '../../../adapters/memory/log.ts';
import { openMemory } from '../../../adapters/memory/event-store.ts';
import { sealStores } from '../../../adapters/sealing/seal-stores.ts';
import { storeContract } from '../store-contract.ts';
import { someMasterKey } from './some-master-key.ts';

// A store whose texts are sealed keeps every sentence of the one below it.
await storeContract(async (partitions) => {
  let elapsedMs = 0;
  const log = new MemoryLog({ partitions, now: () => Date.now() + elapsedMs });
  const master = someMasterKey();
  return {
    open: async () => sealStores(openMemory({ log }), { master, seals: true }),
    passTime: (ms) => {
      elapsedMs += ms;
    },
    dispose: async () => undefined,
  };
});
