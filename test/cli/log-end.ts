import { join } from 'node:path';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';

/** The type of the last event in the log of a server that ran in this folder. */
export async function logEnd(cwd: string): Promise<string | undefined> {
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  const { position } = await stores.events.head(0);
  const [last] = await stores.events.readAll(0, position, 1);
  await stores.close();
  return last?.event.type;
}
