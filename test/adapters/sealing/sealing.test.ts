import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openMemory } from '../../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../../adapters/memory/log.ts';
import { decodeRecord } from '../../../adapters/record-codec.ts';
import { DataKeys } from '../../../adapters/sealing/data-keys.ts';
import { openFiledTexts } from '../../../adapters/sealing/filed-texts.ts';
import { keysFileText } from '../../../adapters/sealing/keys-file.ts';
import {
  masterKeysIn,
  parseMasterKeys,
  UnusableMasterKey,
} from '../../../adapters/sealing/master-keys.ts';
import { replaceMasterKey } from '../../../adapters/sealing/master-rotation.ts';
import {
  type MasterKeySource,
  openMasterKeys,
  sealStores,
} from '../../../adapters/sealing/seal-stores.ts';
import type { Commit, NewEvent, Recorded } from '../../../core/event-store.ts';
import type { KeptKey } from '../../../core/key-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { commitTo, directMessagePosted, newEvent } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { someMasterKey } from './some-master-key.ts';
import './documented-forms.spec.ts';

const november = Date.UTC(2026, 10, 27);
const december = Date.UTC(2026, 11, 1);

class Sealed {
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

const say = (stores: Stores, ...events: readonly NewEvent[]) =>
  stores.events.writer('a', 1).append(commitTo('room:lobby', ...events));

const said = (user: string, text: string, room = 'lobby'): NewEvent =>
  newEvent({ type: 'MessagePosted', data: { room, user, session: user }, text });

const texts = (records: readonly Recorded[]): readonly string[] =>
  records.flatMap(({ event }) => ('text' in event ? [event.text] : []));

const readAll = async ({ events }: Stores): Promise<readonly string[]> =>
  texts(await events.readAll(0, 1, 1_000));

const once = (text: string): Commit => ({
  ...commitTo('room:lobby', said('alice', text)),
  once: { session: 'alice', sequence: 1 },
});

await test('what is written sealed is read back, and is nowhere in the log', async (t) => {
  const sealed = new Sealed();
  const stores = await sealed.open(t);
  await say(stores, said('alice', 'meet me at noon'), said('bob', 'Grüße 👋🏽'), said('bob', ''));
  await stores.events.writer('a', 1).append({
    parts: [
      {
        stream: 'direct:alice:bob',
        expected: 'any',
        events: [directMessagePosted('bob', 'alice', 'a word in private')],
      },
    ],
  });
  const other = await sealed.open(t);
  const wanted = ['meet me at noon', 'Grüße 👋🏽', '', 'a word in private'];
  t.same(await readAll(other), wanted);
  t.same(
    texts(await other.events.readStream({ stream: 'room:lobby', limit: 9 })),
    wanted.slice(0, 3),
  );
  t.notMatch(await sealed.bytes(), /noon|private/);
});

await test('a subscriber is given what was sealed, in order', async (t) => {
  const sealed = new Sealed();
  const [writing, reading] = [await sealed.open(t), await sealed.open(t)];
  const seen: string[] = [];
  const subscription = reading.events.subscribe('g', [{ partition: 0, position: 0 }], {
    onBatch: (batch) => void seen.push(...texts(batch)),
    onRollback: () => t.fail('no rollback'),
    onFailure: (error) => t.fail(error.message),
  });
  t.teardown(() => subscription.close());
  const numbers = Array.from({ length: 50 }, (_, number) => String(number));
  const writer = writing.events.writer('a', 1);
  await Promise.all(
    numbers.map((text, index) =>
      writer.append(commitTo('room:lobby', said(`user${index % 7}`, text))),
    ),
  );
  await until(() => seen.length === numbers.length, { what: 'all to be seen', withinMs: 5_000 });
  t.same(seen, numbers);
});

await test('without an author’s key nobody reads what they wrote, and nobody makes it again', async (t) => {
  const sealed = new Sealed();
  const stores = await sealed.open(t);
  await say(stores, said('alice', 'my secret'), said('bob', 'hello'));
  t.equal(await (await sealed.keys()).destroy('user:alice'), true);
  const other = await sealed.open(t);
  t.same(await readAll(other), ['[erased]', 'hello']);
  const [, first] = await other.events.readAll(0, 1, 9);
  t.equal(first?.withheld, 'erased');
  const outcome = await say(other, said('alice', 'I am still here'));
  t.equal(outcome.status, 'unavailable');
  t.equal((await readAll(other)).length, 2);
  t.equal(await (await sealed.keys()).destroy('user:alice'), false, 'it was gone before');
});

await test('a server that holds an erased user’s key lets go of it when it reads so', async (t) => {
  const sealed = new Sealed();
  const stores = await sealed.open(t);
  await say(stores, said('alice', 'my secret'));
  t.same(await readAll(stores), ['my secret'], 'the key is held now');
  const subscription = stores.events.subscribe('g', [{ partition: 0, position: 0 }], {
    onBatch: () => undefined,
    onRollback: () => t.fail('no rollback'),
    onFailure: (error) => t.fail(error.message),
  });
  t.teardown(() => subscription.close());
  await (await sealed.keys()).destroy('user:alice');
  const erased = { type: 'UserErased', data: { user: 'alice', unreached: [] } } as const;
  await sealed.plain.events.writer('tool', 0).append(commitTo('account:alice', newEvent(erased)));
  await until(async () => (await readAll(stores))[0] === '[erased]', {
    what: 'the key to be let go of',
    withinMs: 2_000,
  });
});

await test('without a month’s key of a room its text of that month is gone, and no other', async (t) => {
  const sealed = new Sealed();
  const stores = await sealed.open(t);
  await say(stores, said('alice', 'in november'), said('alice', 'elsewhere', 'garden'));
  sealed.now = december;
  await say(stores, said('alice', 'in december'));
  await (await sealed.keys()).destroy('room:lobby:2026-11');
  t.same(await readAll(await sealed.open(t)), ['[expired]', 'elsewhere', 'in december']);
});

await test('a body that was put under another record does not open', async (t) => {
  const sealed = new Sealed();
  const stores = await sealed.open(t);
  await say(stores, said('alice', 'yes'), said('alice', 'no'));
  const [, yes, no] = await sealed.plain.events.readStored(0, 1, 9);
  const { monthOfBody, openText } = await import('../../../adapters/sealing/sealed-text.ts');
  const { Keyring } = await import('../../../adapters/sealing/keyring.ts');
  const keyring = new Keyring(await sealed.keys());
  t.teardown(() => keyring.close());
  const body = yes?.body ?? Buffer.of();
  const key = await keyring.toOpen({ author: 'alice', place: 'room:lobby' }, monthOfBody(body));
  if (typeof key === 'string' || !yes || !no) return t.fail('there is no key');
  t.equal(openText(key, decodeRecord(yes).id, body), 'yes');
  t.equal(openText(key, decodeRecord(no).id, body), undefined);
  return undefined;
});

await test('what a repeated message said is known by its author’s key alone', async (t) => {
  const sealed = new Sealed();
  const stores = await sealed.open(t);
  const writer = stores.events.writer('a', 1);
  const first = await writer.append(once('yes'));
  t.equal(first.status, 'appended');
  t.same(await writer.append(once('yes')), { status: 'repeated', first });
  const other = (await sealed.open(t)).events.writer('b', 1);
  t.same(await other.append(once('yes')), { status: 'repeated', first });
  t.same(await other.append(once('no')), { status: 'mismatch' });
});

await test('a log that was not sealed before is read on, and can be unsealed again', async (t) => {
  const sealed = new Sealed();
  await say(sealed.plain, said('alice', 'plain'));
  await say(await sealed.open(t), said('alice', 'sealed'));
  await say(await sealed.open(t, false), said('alice', 'plain again'));
  t.same(await readAll(await sealed.open(t)), ['plain', 'sealed', 'plain again']);
  t.match(await sealed.bytes(), /plain again/);
});

await test('a store that cannot be asked for a key refuses, and what is read waits for it', async (t) => {
  const sealed = new Sealed();
  await say(await sealed.open(t), said('alice', 'hello'));
  const stores = await sealed.open(t);
  await stores.close();
  await t.rejects(stores.events.readAll(0, 1, 9), { name: 'StoreUnreachable' });
});

await test('a master key file is made once, for its owner only, and replaced while servers run', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-master-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const file = join(dir, 'master.key');
  const sealed = new Sealed({ file, make: true });
  const stores = await sealed.open(t);
  await say(stores, said('alice', 'before'), said('bob', 'before'));
  const [old] = masterKeysIn(file).read();
  await (await sealed.keys()).destroy('user:alice');
  const rewrapped = await replaceMasterKey(await sealed.keys(), file);
  t.equal(rewrapped, 2, 'bob’s key, and the room’s');
  const [now, ...others] = masterKeysIn(file).read();
  t.same(others, []);
  t.not(now.id, old.id);
  for await (const { value } of sealed.plain.keys.list())
    t.ok(value === 'destroyed' || value.startsWith(`${now.id}:`), 'wrapped by the new one');
  await say(stores, said('carol', 'after'));
  t.same(await readAll(await sealed.open(t)), ['[erased]', 'before', 'after']);
  t.notMatch(await readFile(file, 'utf8'), old.key.toString('base64'));
});

await test('a key under another master key, or put under another name, is not taken', async (t) => {
  const sealed = new Sealed();
  await say(await sealed.open(t), said('alice', 'hello'));
  const stranger = new DataKeys(sealed.plain.keys, await openMasterKeys(someMasterKey()));
  await t.rejects(stranger.find('user:alice'), UnusableMasterKey);
  const kept = await sealed.plain.keys.get('user:alice');
  await sealed.plain.keys.change('user:mallory', undefined, kept ?? '');
  await t.rejects((await sealed.keys()).find('user:mallory'), UnusableMasterKey);
});

await test('keys in a file open what they are of, and a file that is not as it was written nothing', async (t) => {
  const sealed = new Sealed();
  await say(await sealed.open(t), said('alice', 'hello'), said('bob', 'hi'));
  const [, ...stored] = await sealed.plain.events.readStored(0, 1, 9);
  const records = stored.map(decodeRecord);
  const keys: KeptKey[] = [];
  for await (const key of (await sealed.keys()).list()) keys.push(key);
  const [{ id: master }] = (await openMasterKeys(sealed.master)).read();
  const text = keysFileText({ epochs: ['e'], master }, keys);
  const file = join(t.testdir({}), 'keys.json');
  const open = async (content: string, key = sealed.master): Promise<readonly string[]> => {
    await writeFile(file, content);
    const filed = await openFiledTexts(file, key);
    t.teardown(() => filed.close());
    return texts(await filed.open(records));
  };
  t.same(await open(text), ['hello', 'hi']);
  const ofAlice = keys.filter(({ name }) => name !== 'user:bob');
  t.same(await open(keysFileText({ epochs: [], master }, ofAlice)), ['hello', '[sealed]']);
  const bob = { name: 'user:bob', value: 'destroyed' };
  t.same(await open(keysFileText({ epochs: [], master }, [...ofAlice, bob])), [
    'hello',
    '[erased]',
  ]);

  const refused = (content: string, message: RegExp, key = sealed.master): Promise<unknown> =>
    t.rejects(open(content, key), { name: 'UnusableKeysFile', message });
  for (const none of ['', '{}\n', '[]\n', 'text\n', '{"securechat":"log"}\n'])
    await refused(none, /is no file of keys: securechat audit keys/);
  await refused(text.replace('"version":1', '"version":2'), /is of version 2, and this program/);
  await refused(text.slice(0, -1), /is damaged/);
  await refused(text.replace(/\{"end".*\n/, ''), /is damaged/);
  await refused(text.replace(/\{"name":"user:bob".*\n/, ''), /is damaged/);
  await refused(text.replace('{"name":"user:bob"', '{"name":"user:carol"'), /damaged.*user:carol/);
  await refused(text.replace('{"name"', '"name"'), /is damaged/);
  await refused(text, /another master key/, someMasterKey());
});

await test('what is no master key is refused with the way out', (t) => {
  for (const text of ['', '\n# a comment\n', 'abc', 'A'.repeat(44), `${'A'.repeat(42)}!=`])
    t.throws(() => parseMasterKeys(text, 'master.key'), {
      name: 'UnusableMasterKey',
      message: /master\.key holds .*openssl rand -base64 32/,
    });
  t.throws(() => masterKeysIn('/nowhere/master.key').read(), {
    message: /The master key \/nowhere\/master\.key cannot be read \(ENOENT\)/,
  });
  t.end();
});
