import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { decodeRecord } from '../../../adapters/record-codec.ts';
import type { Commit } from '../../../core/event-store.ts';
import { commitTo, directMessagePosted, newEvent } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import './documented-forms.spec.ts';
import './keys.spec.ts';
import { december, readAll, said, say, Sealed, texts } from './sealed-log.ts';

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

await test('a server lets go of an erased user’s key when it reads so, and takes it up no more', async (t) => {
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
  // It is recorded first, and the key destroyed right after: who reads in between is not to have it.
  const erased = { type: 'UserErased', data: { user: 'alice', unreached: [] } } as const;
  await sealed.plain.events.writer('tool', 0).append(commitTo('account:alice', newEvent(erased)));
  await until(async () => (await readAll(stores))[0] === '[erased]', {
    what: 'the key to be let go of',
    withinMs: 2_000,
  });
  t.equal((await stores.events.writer('a', 1).append(once('again'))).status, 'unavailable');
  t.same(await readAll(await sealed.open(t)), ['my secret'], 'the key is there yet');
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

await test('a server lets go of a month’s key that another has destroyed before it', async (t) => {
  const sealed = new Sealed();
  const [quicker, slower] = [await sealed.open(t), await sealed.open(t)];
  await say(quicker, said('alice', 'in november'));
  t.same(await readAll(slower), ['in november'], 'the key is held now');
  t.equal(await quicker.textKeys?.destroy('room:lobby:2026-11'), true);
  t.equal(await slower.textKeys?.destroy('room:lobby:2026-11'), false);
  t.same(await readAll(slower), ['[expired]']);
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

await test('a log that has keys is not given another master key when its own is gone', async (t) => {
  const file = join(t.testdir(), 'master.key');
  const sealed = new Sealed({ file, make: true });
  await say(await sealed.open(t), said('alice', 'hello'));
  rmSync(file);
  await t.rejects(sealed.open(t), {
    name: 'UnusableMasterKey',
    message: /master\.key cannot be read/,
  });
  t.notOk(existsSync(file));
});
