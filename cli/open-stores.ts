import { existsSync } from 'node:fs';
import { parseAddress } from '../adapters/redis/address.ts';
import { type SealingOptions, sealStores, type Unbroken } from '../adapters/sealing/seal-stores.ts';
import type { LinkNews, Stores } from '../core/stores.ts';
import type { BannerStore } from './banner.ts';
import { word } from './invocation.ts';
import type { StoreOptions } from './store-options.ts';

/** Loaded when that store is meant: to load both takes a third of what a short command takes. */
const lmdb = () => import('../adapters/lmdb/event-store.ts');
const redis = () => import('../adapters/redis/event-store.ts');

/**
 * Opens the store that is meant, for a tool; a log that does not exist yet is made.
 * @throws {StoreUnusable} @throws {StoreUnreachable} a sentence with the way out
 */
export function openStores(store: StoreOptions): Promise<Stores> {
  return open(store, false, () => {});
}

/**
 * The same for somebody who only reads: a log that does not exist is not made, nor a master key, and one that may be
 * lost can be read all the same.
 * @throws {StoreUnusable} @throws {StoreUnreachable} a sentence with the way out
 */
export function openExistingStores(store: StoreOptions): Promise<Stores> {
  const { kind, sealing } = store;
  const existing = true;
  const plain =
    kind === 'embedded'
      ? lmdb().then(({ openLmdb }) => openLmdb({ dir: store.dir, existing }))
      : redis().then(({ openRedis }) => openRedis({ url: store.url, acceptLoss: true, existing }));
  return sealed(plain, keysThatAre(sealing));
}

/** Whoever reads makes no master key. Without one there is nothing that it would open. */
function keysThatAre(sealing: SealingOptions | undefined): SealingOptions | undefined {
  if (sealing === undefined || 'text' in sealing.master || !sealing.master.make) return sealing;
  const { file } = sealing.master;
  return existsSync(file) ? { ...sealing, master: { file, make: false } } : undefined;
}

/**
 * The same for a server, which holds a data folder against other processes that serve from it, and
 * is told what becomes of the link to its store.
 */
export function openServerStores(
  store: StoreOptions,
  onLink: (news: LinkNews) => void,
): Promise<Stores> {
  return open(store, true, onLink);
}

function open(
  store: StoreOptions,
  own: boolean,
  onLink: (news: LinkNews) => void,
): Promise<Stores> {
  const unbroken = own ? { onNews: onLink } : undefined;
  return sealed(openPlain(store, own, onLink), store.sealing, unbroken);
}

async function sealed(
  plain: Promise<Stores>,
  sealing: StoreOptions['sealing'],
  unbroken?: Unbroken,
): Promise<Stores> {
  const stores = await plain;
  if (sealing === undefined) return stores;
  try {
    return await sealStores(stores, sealing, Date.now, unbroken);
  } catch (error) {
    await stores.close();
    throw error;
  }
}

async function openPlain(
  store: StoreOptions,
  own: boolean,
  onLink: (news: LinkNews) => void,
): Promise<Stores> {
  const { partitions } = store;
  const made = partitions === undefined ? {} : { partitions };
  if (store.kind === 'embedded') {
    const { openLmdb } = await lmdb();
    return openLmdb({ dir: store.dir, own, ...made });
  }
  const { url, acceptLoss, replicas = 0 } = store;
  const { openRedis } = await redis();
  return openRedis({ url, acceptLoss, replicas, onLink, ...made });
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
