import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';

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
import { openMasterKeys } from '../../../adapters/sealing/seal-stores.ts';
import type { KeptKey } from '../../../core/key-store.ts';
import { readAll, said, say, Sealed, texts } from './sealed-log.ts';
import { someMasterKey } from './some-master-key.ts';

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
    message:
      'The master key /nowhere/master.key cannot be read (no such file or directory): give the file of the servers with --master-key-file.',
  });
  t.end();
});
