import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { storeContract } from '../store-contract.ts';

await storeContract(async (partitions) => {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-lmdb-'));
  return {
    open: () => openLmdb({ dir, partitions, own: true }),
    dispose: async () => rmSync(dir, { recursive: true }),
  };
});
