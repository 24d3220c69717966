import { openMemory } from '../../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../../adapters/memory/log.ts';
import { storeContract } from '../store-contract.ts';

await storeContract(async (partitions) => {
  let elapsedMs = 0;
  const log = new MemoryLog({ partitions, now: () => Date.now() + elapsedMs });
  return {
    open: async () => openMemory({ log }),
    passTime: (ms) => {
      elapsedMs += ms;
    },
    dispose: async () => undefined,
  };
});
