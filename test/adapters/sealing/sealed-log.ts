import type { Test } from 'tap';

import { openMemory } from '../../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../../adapters/memory/log.ts';
import { DataKeys } from '../../../adapters/sealing/data-keys.ts';
import {
  type MasterKeySource,
  openMasterKeys,
  sealStores,
} from '../../../adapters/sealing/seal-stores.ts';
import type { NewEvent, Recorded } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { commitTo, newEvent } from '../../support/events.ts';
import { someMasterKey } from './some-master-key.ts';

const november = Date.UTC(2026, 10, 27);
export const december = Date.UTC(2026, 11, 1);

/** A log in memory whose texts are sealed. */
export class Sealed {
  readonly log = new MemoryLog();
  readonly plain: Stores = openMemory({ log: this.log });
  readonly master: MasterKeySource;
  now = november;

  constructor(master: MasterKeySource = someMasterKey()) {
    this.master = master;
  }

  async open(t: Test, seals = true): Promise<Stores> {
    const inner = openMemory({ log: this.log });
    const stores = await sealStores(inner, { master: this.master, seals }, () => this.now);
    t.teardown(() => stores.close());
    return stores;
  }

  async keys(): Promise<DataKeys> {
    return new DataKeys(this.plain.keys, await openMasterKeys(this.master));
  }

  /** All bytes that the log keeps. */
  async bytes(): Promise<string> {
    const stored = await this.plain.events.readStored(0, 1, 1_000);
    return stored
      .map(({ meta, body }) => Buffer.concat([meta, body ?? Buffer.of()]).toString('latin1'))
      .join('\n');
  }
}

export const say = (stores: Stores, ...events: readonly NewEvent[]) =>
  stores.events.writer('a', 1).append(commitTo('room:lobby', ...events));

export const said = (user: string, text: string, room = 'lobby'): NewEvent =>
  newEvent({ type: 'MessagePosted', data: { room, user, session: user }, text });

export const texts = (records: readonly Recorded[]): readonly string[] =>
  records.flatMap(({ event }) => ('text' in event ? [event.text] : []));

export const readAll = async ({ events }: Stores): Promise<readonly string[]> =>
  texts(await events.readAll(0, 1, 1_000));
