import { existsSync } from 'node:fs';

import { DataKeys } from '../adapters/sealing/data-keys.ts';
import { keysFileText } from '../adapters/sealing/keys-file.ts';
import { openMasterKeys } from '../adapters/sealing/seal-stores.ts';
import type { EventStore } from '../core/event-store.ts';
import type { KeptKey } from '../core/key-store.ts';
import { parseRoomName, parseUserName } from '../core/names.ts';
import { monthOfKey, userKeyName } from '../core/sealing.ts';
import { epochStream } from '../core/stream.ts';
import { recordReading } from '../server/audit-reading.ts';
import { recordsForwards } from '../server/stream-records.ts';
import { writeNewFile } from './new-file.ts';
import { openExistingStores } from './open-stores.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import type { StoreOptions } from './store-options.ts';

/** Whose keys are wanted; an empty list wants all. */
export interface WantedKeys {
  readonly users: readonly string[];
  readonly rooms: readonly string[];
}

export interface KeysOptions {
  readonly out: string;
  readonly overwrite: boolean;
  readonly wanted: WantedKeys;
  readonly store: StoreOptions;
  readonly what: string;
  readonly why: string | undefined;
}

/**
 * Writes the keys of texts to a file, wrapped by the master key, so that a log file's texts can be
 * read where the store is not. That it is done is recorded in the log first.
 * @throws {PlainFailure} @throws {StoreUnreachable} @throws {UnusableMasterKey}
 */
export async function writeKeys(options: KeysOptions): Promise<void> {
  const { out, overwrite, wanted, store, what, why } = options;
  if (!overwrite && existsSync(out))
    throw new PlainFailure(`${out} is there already: name another file, or add --overwrite.`);
  const stores = await openExistingStores(store);
  try {
    const { sealing } = store;
    if (sealing === undefined || stores.textKeys === undefined)
      throw new PlainFailure(
        'There is no master key here, so there are no keys: give the one of the servers with --master-key-file.',
      );
    await recordReading(stores.events, { what, ...(why !== undefined && { why }), holds: 'keys' });
    const masters = await openMasterKeys(sealing.master);
    const keys: KeptKey[] = [];
    for await (const key of new DataKeys(stores.keys, masters).list())
      if (isWanted(key.name, wanted)) keys.push(key);
    const [{ id: master }] = masters.read();
    const header = { epochs: await epochsOf(stores.events), master };
    await writeNewFile(out, keysFileText(header, keys), { overwrite });
    console.log(
      `Wrote ${keys.length} keys to ${out}, wrapped by the master key. They open exported texts until the master key is replaced, also those of people who are erased later: keep the two apart, and destroy the file when it has served.`,
    );
  } finally {
    await stores.close();
  }
}

/** @throws {PlainFailure} for what is no name */
export function wantedKeys(users: readonly string[], rooms: readonly string[]): WantedKeys {
  return {
    users: users.map((typed) => named('user', typed, parseUserName(typed))),
    rooms: rooms.map((typed) => named('room', typed, parseRoomName(typed)?.canonical)),
  };
}

/** A text needs its author's key and its place's: to leave out either is enough. */
function isWanted(name: string, { users, rooms }: WantedKeys): boolean {
  if (name.startsWith('user:'))
    return users.length === 0 || users.some((user) => userKeyName(user) === name);
  return rooms.length === 0 || rooms.some((room) => monthOfKey(name, `room:${room}`) !== undefined);
}

function named(what: string, typed: string, name: string | undefined): string {
  if (name !== undefined) return name;
  throw new PlainFailure(`--${what}: "${typed}" is not a ${what} name.`, exitUsage);
}

/** By these a file's log is known again, also before or after it was set back. */
async function epochsOf(events: EventStore): Promise<readonly string[]> {
  const epochs = new Set<string>();
  for (let partition = 0; partition < events.info.partitions; partition++) {
    epochs.add((await events.head(partition)).epoch);
    for await (const { event } of recordsForwards(events, { stream: epochStream, partition })) {
      if (event.type !== 'EpochStarted') continue;
      epochs.add(event.data.epoch);
      if (event.data.previous !== undefined) epochs.add(event.data.previous);
    }
  }
  return [...epochs];
}
