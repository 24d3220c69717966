import type { Recorded } from '../../core/event-store.ts';
import type { KeyStore } from '../../core/key-store.ts';
import type { LinkNews, Stores, TextKeys, Unfitness } from '../../core/stores.ts';
import { placeOnce } from '../tls/whole-file.ts';
import { DataKeys } from './data-keys.ts';
import { ErasureMarks } from './erasure-marks.ts';
import { ExpiryMarks } from './expiry-marks.ts';
import { KeyWatch } from './key-watch.ts';
import { Keyring } from './keyring.ts';
import {
  type MasterKeys,
  masterKeysIn,
  masterKeysOf,
  masterKeysText,
  newMasterKey,
} from './master-keys.ts';
import { opened, SealedEvents } from './sealed-events.ts';

/** Where the master key is. A file is shared by all servers of a log, and can be replaced. */
export type MasterKeySource =
  | { readonly file: string; /** Made if it is not there. */ readonly make: boolean }
  | {
      readonly text: string;
      /** Where the text comes from, for complaints. */ readonly name: string;
    };

export interface SealingOptions {
  readonly master: MasterKeySource;
  /** Whether what is written is sealed; what was is opened in any case. */
  readonly seals: boolean;
}

/** @throws {UnusableMasterKey} */
export async function openMasterKeys(source: MasterKeySource): Promise<MasterKeys> {
  if ('text' in source) return masterKeysOf(source.text, source.name);
  const { file, make } = source;
  if (make) await placeOnce(file, masterKeysText([newMasterKey()]), 0o600);
  const keys = masterKeysIn(file);
  keys.read();
  return keys;
}

/** For whoever serves: it goes on when the master key is no longer the log's. */
export interface Unbroken {
  /** Told of that, and when it is again. */
  readonly onNews: (news: LinkNews) => void;
}

/**
 * The same stores, with the texts of their log sealed.
 * @param now milliseconds since 1970
 * @param unbroken with it, texts whose keys cannot be unwrapped are `sealed`, and none is written;
 *   without it, that is an error
 * @throws {UnusableMasterKey} with `unbroken`, also when the master key is not the log's
 */
export async function sealStores(
  stores: Stores,
  { master, seals }: SealingOptions,
  now: () => number = Date.now,
  unbroken?: Unbroken,
): Promise<Stores> {
  const keys = new DataKeys(stores.keys, await openMasterKeys(await unmade(master, stores.keys)));
  const watch = unbroken && (await watched(keys, unbroken));
  const keyring = new Keyring(keys, watch && ((error) => void watch.failed(error)));
  const events = new SealedEvents(stores.events, keyring, { seals, now });
  const marks = new ExpiryMarks(stores.keys);
  /** Those that were destroyed, and let go of here. */
  const gone = new Set<string>();
  const textKeys: TextKeys = {
    names: () => keys.names(),
    destroy: async (name) => {
      const isThere = !(await keys.isDestroyed(name));
      if (!isThere && gone.has(name)) return false;
      if (isThere) await marks.begin(name);
      const wasThere = isThere && (await keys.destroy(name));
      // Also where another process was quicker: this one may hold what it derived before.
      keyring.forget(name);
      gone.add(name);
      return wasThere;
    },
    unwritten: async () => {
      const destroyed: string[] = [];
      // Where a server was killed just before it destroyed the key, it is still there.
      for (const name of await marks.begun())
        if (await keys.isDestroyed(name)) destroyed.push(name);
      return destroyed;
    },
    written: async (names) => {
      for (const name of names) await marks.end(name);
    },
    unfinishedErasures: () => new ErasureMarks(stores.keys).unfinished(),
  };
  const close = async (): Promise<void> => {
    watch?.stop();
    await events.close();
    await stores.close();
  };
  const openTexts = (records: readonly Recorded[]): Promise<readonly Recorded[]> =>
    opened(keyring, records);
  const unfit = (): Unfitness | undefined =>
    watch?.isLocked === true ? 'locked' : stores.unfit?.();
  return { ...stores, events, textKeys, openTexts, unfit, close };
}

/** For a log that has keys no master key is made: it would be another one than theirs. */
async function unmade(master: MasterKeySource, keys: KeyStore): Promise<MasterKeySource> {
  if ('text' in master || !master.make) return master;
  for await (const _ of keys.list()) return { ...master, make: false };
  return master;
}

async function watched(keys: DataKeys, { onNews }: Unbroken): Promise<KeyWatch> {
  await keys.check();
  const watch = new KeyWatch(keys, onNews);
  watch.start();
  return watch;
}
