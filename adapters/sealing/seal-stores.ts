import type { Recorded } from '../../core/event-store.ts';
import type { Stores, TextKeys } from '../../core/stores.ts';
import { placeOnce } from '../tls/whole-file.ts';
import { DataKeys } from './data-keys.ts';
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

/**
 * The same stores, with the texts of their log sealed.
 * @param now milliseconds since 1970
 * @throws {UnusableMasterKey}
 */
export async function sealStores(
  stores: Stores,
  { master, seals }: SealingOptions,
  now: () => number = Date.now,
): Promise<Stores> {
  const keys = new DataKeys(stores.keys, await openMasterKeys(master));
  const keyring = new Keyring(keys);
  const events = new SealedEvents(stores.events, keyring, { seals, now });
  const textKeys: TextKeys = {
    names: () => keys.names(),
    destroy: async (name) => {
      const wasThere = await keys.destroy(name);
      keyring.forget(name);
      return wasThere;
    },
  };
  const close = async (): Promise<void> => {
    await events.close();
    await stores.close();
  };
  const openTexts = (records: readonly Recorded[]): Promise<readonly Recorded[]> =>
    opened(keyring, records);
  return { ...stores, events, textKeys, openTexts, close };
}
