import { steadyLog } from '../adapters/log-file/joined.ts';
import { openFiledLog } from '../adapters/log-file/archive.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { StoreUnusable } from '../core/event-store.ts';
import type { StoredLog } from '../core/log-source.ts';
import { type Reading, recordReading } from '../server/audit-reading.ts';
import { whatWasTrimmed, withArchive } from './archived-log.ts';
import { openExistingStores } from './open-stores.ts';
import { PlainFailure } from './plain-failure.ts';
import type { StoreOptions } from './store-options.ts';

/**
 * Looks at a log where it lies, without a change to it; at what was trimmed of it in its archive.
 * @throws {StoreUnusable} @throws {StoreUnreachable}
 * @throws {PlainFailure} for a log that was trimmed, without an archive
 */
export async function lookInto(store: StoreOptions, archive?: string): Promise<StoredLog> {
  const live = await lookIntoLive(store);
  try {
    if (archive !== undefined) return await withArchive(archive, live);
    const cut = await whatWasTrimmed(live);
    if (cut !== undefined) throw new PlainFailure(cut);
    return await steadyLog(live);
  } catch (error) {
    await live.close();
    throw error;
  }
}

/** Only the store that is meant is loaded, as in open-stores.ts. */
async function lookIntoLive(store: StoreOptions): Promise<StoredLog> {
  if (store.kind === 'redis') {
    const { lookIntoRedis } = await import('../adapters/redis/stored-log.ts');
    return lookIntoRedis({ url: store.url });
  }
  const { lookIntoLmdb } = await import('../adapters/lmdb/stored-log.ts');
  return lookIntoLmdb(store.dir);
}

/** A log to prove something of: the file, with the checkpoints behind it, an archive, or the live one. */
export async function openSource(
  file: string | undefined,
  store: StoreOptions,
  archive?: string,
): Promise<{ readonly log: StoredLog; readonly notes: readonly string[] }> {
  if (file === undefined) return { log: await lookInto(store, archive), notes: [] };
  try {
    const log = await openFiledLog(file);
    return { log, notes: log.checkpoints.map(({ note }) => note) };
  } catch (error) {
    if (error instanceof StoreUnusable) throw error;
    throw new PlainFailure(`${file} cannot be read (${reasonOf(error)}).`);
  }
}

/** Tells in the live log that it is, or was, read. @throws {StoreUnreachable} @throws {StoreUnusable} */
export async function tellReading(
  store: StoreOptions,
  { what, why, holds }: Omit<Reading, 'why'> & { readonly why: string | undefined },
): Promise<void> {
  const stores = await openExistingStores(store);
  try {
    await recordReading(stores.events, { what, ...(why !== undefined && { why }), holds });
  } finally {
    await stores.close();
  }
}
