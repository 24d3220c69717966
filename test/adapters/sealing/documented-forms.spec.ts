import { deepStrictEqual, equal, throws } from 'node:assert/strict';

import { openMemory } from '../../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../../adapters/memory/log.ts';
import { DataKeys } from '../../../adapters/sealing/data-keys.ts';
import { keysFileText } from '../../../adapters/sealing/keys-file.ts';
import { openMasterKeys, sealStores } from '../../../adapters/sealing/seal-stores.ts';
import type { KeptKey } from '../../../core/key-store.ts';
import { someMasterKey } from './some-master-key.ts';
import { directMessagePosted } from '../../support/events.ts';
import { rule } from '../../support/given.ts';
import { joins, says, write } from '../../support/memory-history.ts';
import type { RawRecord } from '../../checker/log-dump.ts';
import { readRecord } from '../../checker/log-event.ts';
import { TextKeys } from '../../checker/text-keys.ts';

/** A sealed log as it lies in the store, its keys as the program writes them, and the master key. */
async function sealedLog() {
  const log = new MemoryLog();
  const master = someMasterKey();
  const stores = await sealStores(openMemory({ log }), { master, seals: true });
  const inPrivate = directMessagePosted('bob', 'alice', 'a word in private').event;
  await write(
    stores.events,
    [joins('alice'), says('alice', 'Grüße'), { stream: 'direct:alice:bob', event: inPrivate }],
    { now: 0 },
  );
  const stored = await stores.events.readStored(0, 1, 9);
  const records = stored.map(({ meta, ...record }): RawRecord => ({
    ...record,
    meta: Buffer.from(meta).toString(),
  }));
  const masters = await openMasterKeys(master);
  const keys: KeptKey[] = [];
  for await (const key of new DataKeys(stores.keys, masters).list()) keys.push(key);
  await stores.close();
  const [{ id }] = masters.read();
  return { records, file: keysFileText({ epochs: [], master: id }, keys), master: master.text };
}

rule('what the program has sealed is opened by its documented forms', async () => {
  const { records, file, master } = await sealedLog();
  const keys = new TextKeys(file, master);
  const opened = records.map((raw) => keys.open(raw));
  deepStrictEqual(
    opened.flatMap(({ text }) => text ?? []),
    ['Grüße', 'a word in private'],
  );
  equal(
    opened.map(readRecord).every(({ bodyIsSound }) => bodyIsSound),
    true,
  );
  throws(() => new TextKeys(file, someMasterKey().text), /cannot be unwrapped/);
});

rule('a text that cannot be opened is not sound', async () => {
  const { records, file, master } = await sealedLog();
  const said = records.find(({ meta }) => meta.includes('MessagePosted'));
  if (said?.body === undefined) throw new Error('nothing was said');
  equal(readRecord(said).bodyIsSound, false, 'without a key');
  const body = Uint8Array.from(said.body, (byte, index) => (index === 20 ? byte ^ 1 : byte));
  const changed = new TextKeys(file, master).open({ ...said, body });
  equal(changed.text, undefined);
  equal(readRecord(changed).bodyIsSound, false, 'changed');
});
