import { openLmdb } from '../adapters/lmdb/event-store.ts';
import { parseAddress } from '../adapters/redis/address.ts';
import { openRedis } from '../adapters/redis/event-store.ts';
import type { Stores } from '../core/stores.ts';
import type { BannerStore } from './banner.ts';
import { word } from './invocation.ts';
import { PlainFailure } from './plain-failure.ts';
import type { StoreOptions } from './store-options.ts';

/**
 * Opens the store that is meant; a log that does not exist yet is made.
 * @param isServer holds a data folder against other processes that serve from it
 * @throws {StoreUnusable} @throws {StoreUnreachable} a sentence with the way out
 */
export async function openStores(
  store: StoreOptions,
  { isServer }: { readonly isServer: boolean },
): Promise<Stores> {
  const { partitions } = store;
  const made = partitions === undefined ? {} : { partitions };
  if (store.kind === 'embedded') return openLmdb({ dir: store.dir, own: isServer, ...made });
  const { url, acceptLoss, durability } = store;
  if (durability !== 'everysec') {
    throw new PlainFailure(
      `The store on Redis does not answer for durability "${durability}" in this version: leave it out, and set appendfsync in Redis.`,
    );
  }
  return openRedis({ url, acceptLoss, ...made });
}

/** The store in words that hold no password, and the flags that lead another command to it. */
export function wordsFor(store: StoreOptions): BannerStore {
  if (store.kind === 'embedded') {
    const { dir } = store;
    return { words: `embedded, in ${dir}`, flags: dir === './data' ? '' : `--data ${word(dir)}` };
  }
  const { options, text } = parseAddress(store.url);
  const isPublic = options.username === undefined && options.password === undefined;
  return { words: `Redis, at ${text}`, flags: isPublic ? `--redis ${text}` : '' };
}
