import { readFile } from 'node:fs/promises';

import type { Recorded } from '../../core/event-store.ts';
import { placeKeyName, userKeyName, withheldRecord } from '../../core/sealing.ts';
import { reasonOf } from '../system-reason.ts';
import { DataKeys } from './data-keys.ts';
import { Keyring } from './keyring.ts';
import { type KeysFile, parseKeysFile, UnusableKeysFile } from './keys-file.ts';
import { type MasterKeys, UnusableMasterKey } from './master-keys.ts';
import { type MasterKeySource, openMasterKeys } from './seal-stores.ts';
import { opened, sealingOf } from './sealed-events.ts';

/** Opens texts with the keys of a file. */
export interface FiledTexts {
  /** All epochs of the log whose keys they are, as far as it remembered. */
  readonly epochs: readonly string[];
  /** The records with their texts opened. One whose keys are not in the file stays `sealed`. */
  readonly open: (records: readonly Recorded[]) => Promise<readonly Recorded[]>;
  /** Lets go of the keys. */
  close(): void;
}

/**
 * Looks at all keys of the file, so that it is found out now if they cannot be had.
 * @throws {UnusableKeysFile} @throws {UnusableMasterKey}
 */
export async function openFiledTexts(path: string, master: MasterKeySource): Promise<FiledTexts> {
  const file = parseKeysFile(await contentOf(path), path);
  const masters = await openMasterKeys(master);
  const keys = new DataKeys(file.store, masters);
  const names = await namesOf(file, keys, masters, path);
  const keyring = new Keyring(keys);
  const isThere = (recorded: Recorded): boolean => {
    const sealing = sealingOf(recorded);
    if (sealing === undefined) return true;
    const { under, month } = sealing;
    return names.has(userKeyName(under.author)) && names.has(placeKeyName(under.place, month));
  };
  return {
    epochs: file.epochs,
    open: (records) =>
      opened(
        keyring,
        records.map((recorded) =>
          isThere(recorded) ? recorded : withheldRecord(recorded, 'sealed'),
        ),
      ),
    close: () => keyring.close(),
  };
}

async function namesOf(
  { master, store }: KeysFile,
  keys: DataKeys,
  masters: MasterKeys,
  path: string,
): Promise<ReadonlySet<string>> {
  if (!masters.read().some(({ id }) => id === master))
    throw new UnusableKeysFile(
      `The keys in ${path} are wrapped by another master key than the one given: each erasure replaces it, and what is wrapped by one that is gone stays shut.`,
    );
  const names = new Set<string>();
  try {
    for await (const { name } of store.list()) {
      await keys.find(name);
      names.add(name);
    }
  } catch (error) {
    if (!(error instanceof UnusableMasterKey)) throw error;
    throw new UnusableKeysFile(`${path} is damaged. ${error.message}`, { cause: error });
  }
  return names;
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UnusableKeysFile(`The file of keys ${path} cannot be read (${reasonOf(error)}).`, {
      cause: error,
    });
  }
}
