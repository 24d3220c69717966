import { deepStrictEqual } from 'node:assert/strict';
import pino from 'pino';
import { test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { lobby } from '../../core/names.ts';
import { monthAt, placeKeyName } from '../../core/sealing.ts';
import { Expiry } from '../../server/expiry.ts';
import { setRetention } from '../../server/set-retention.ts';
import { someMasterKey } from '../adapters/sealing/some-master-key.ts';
import { type ChatHarness, scene } from '../support/chat-harness.ts';
import { commitTo, messagePosted } from '../support/events.ts';

const sealed = { sealed: true };
const kept = (days: string): string => `[lobby] Server: What is said here is kept ${days}.`;

async function retain(chat: ChatHarness, days: number | undefined): Promise<void> {
  const server = chat.server(0);
  const { stores, appender, options, incarnation } = server;
  const actor = { server: options.name, incarnation };
  deepStrictEqual(await setRetention({ stores, appender }, actor, lobby, days), undefined);
}

scene(
  'all in a room are told how long it keeps what is said, and so is who joins it',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    await retain(chat, 90);
    await alice.reads(kept('for 90 days'));
    const bob = await chat.client(1);
    bob.send('LOGIN bob letmein');
    await bob.reads('SUCCESS: Welcome bob. You are in lobby.', kept('for 90 days'));
    bob.send('/join garden', '/join lobby');
    await bob.reads('SUCCESS: Joined garden', 'SUCCESS: Joined lobby', kept('for 90 days'));
    await retain(chat, 1);
    await bob.reads(kept('for 1 day'));
    await retain(chat, undefined);
    await bob.reads(kept('for ever'));
    bob.send('/join garden', '/join lobby');
    await bob.reads('SUCCESS: Joined garden', 'SUCCESS: Joined lobby');
  },
  sealed,
);

scene(
  'the history says from where to where nothing is kept any more',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    alice.send('/receipts on', 'one', 'two', 'three');
    const { line } = await alice.seesMatching(/^STORED lobby \S+ \d+$/);
    await alice.seesMatching(/STORED/);
    await alice.seesMatching(/STORED/);
    const first = Number(line.split(' ')[3]);
    const keys = chat.store(0).textKeys;
    for (const server of [0, 1])
      await chat.store(server).textKeys?.destroy(placeKeyName('room:lobby', monthAt(Date.now())));
    deepStrictEqual(keys === undefined, false);
    alice.send('/history');
    await alice.reads(`What was said from #${first} to #${first + 2} is no longer kept.`);
  },
  sealed,
);

void test('what is older than its room keeps is destroyed, a month at a time, and no more', async () => {
  let now = Date.UTC(2026, 8, 20);
  const options = { master: someMasterKey(), seals: true };
  const stores = await sealStores(openMemory(), options, () => now);
  const { textKeys } = stores;
  if (textKeys === undefined) throw new Error('texts are sealed');
  const retentions = new Map([['lobby', 30]]);
  const answers: (readonly string[])[] = [];
  let rewritings = 0;
  const rewrite = async (): Promise<readonly string[]> => {
    rewritings += 1;
    return answers.shift() ?? [];
  };
  const expiry = new Expiry(
    { keys: textKeys, leases: stores.leases, rewrite },
    () => retentions,
    pino({ enabled: false }),
    () => now,
  );
  const writer = stores.events.writer('a', 1);
  for (const month of [8, 9, 10]) {
    now = Date.UTC(2026, month, 20);
    await writer.append(commitTo('room:lobby', messagePosted(`in month ${month}`)));
    await writer.append(commitTo('room:garden', messagePosted(`garden ${month}`, 'garden')));
  }
  const read = async (stream: string): Promise<readonly string[]> =>
    (await stores.events.readStream({ stream, limit: 9 })).map(({ event }) =>
      'text' in event ? event.text : '',
    );
  now = Date.UTC(2026, 9, 30);
  await expiry.look();
  deepStrictEqual(await read('room:lobby'), ['in month 8', 'in month 9', 'in month 10']);
  deepStrictEqual(rewritings, 0, 'nothing was destroyed, and the files stay as they are');
  now = Date.UTC(2026, 9, 31, 1);
  answers.push(['it is at it already']);
  await expiry.look();
  deepStrictEqual(rewritings, 1, 'the files are rewritten, for they still have the key');
  await expiry.look();
  await expiry.look();
  deepStrictEqual(rewritings, 2, 'as it was refused it is done again, once');
  deepStrictEqual(await read('room:lobby'), ['[expired]', 'in month 9', 'in month 10']);
  deepStrictEqual(await read('room:garden'), ['garden 8', 'garden 9', 'garden 10']);
  retentions.clear();
  now = Date.UTC(2027, 9, 31);
  await expiry.look();
  deepStrictEqual(await read('room:lobby'), ['[expired]', 'in month 9', 'in month 10']);
  expiry.stop();
  await stores.close();
});

/** A sealed log of which one month has expired. */
async function expiredMonth() {
  const said = Date.UTC(2026, 8, 20);
  const options = { master: someMasterKey(), seals: true };
  const stores = await sealStores(openMemory(), options, () => said);
  const { textKeys: keys, leases } = stores;
  if (keys === undefined) throw new Error('texts are sealed');
  await stores.events.writer('a', 1).append(commitTo('room:lobby', messagePosted('then')));
  const look = (
    rewrite: () => Promise<readonly string[]>,
    retentions = new Map<string, number>(),
  ) =>
    new Expiry(
      { keys, leases, rewrite },
      () => retentions,
      pino({ enabled: false }),
      () => said + 90 * 86_400_000,
    ).look();
  return { stores, keys, look, retained: new Map([['lobby', 30]]) };
}

void test('when a server is killed before the files are rewritten, the next one has it done, once', async () => {
  const { stores, keys, look, retained } = await expiredMonth();
  await look(() => Promise.reject(new Error('killed')), retained);
  deepStrictEqual(await keys.unwritten(), ['room:lobby:2026-09']);
  let rewritings = 0;
  const rewrite = async (): Promise<readonly string[]> => {
    rewritings += 1;
    return [];
  };
  await look(rewrite);
  deepStrictEqual(rewritings, 1, 'although no room forgets any more');
  deepStrictEqual(await keys.unwritten(), []);
  await look(rewrite, retained);
  deepStrictEqual(rewritings, 1);
  const names: string[] = [];
  for await (const name of keys.names()) names.push(name);
  deepStrictEqual(names.toSorted(), ['room:lobby:2026-09', 'user:alice']);
  await stores.close();
});

void test('a key that is destroyed while the files are being rewritten has them rewritten again', async () => {
  const { stores, keys, look, retained } = await expiredMonth();
  const garden = 'room:garden:2026-09';
  await stores.events.writer('b', 1).append(commitTo('room:garden', messagePosted('g', 'garden')));
  await look(async () => {
    await keys.destroy(garden);
    return [];
  }, retained);
  deepStrictEqual(await keys.unwritten(), [garden]);
  await stores.close();
});

void test('servers that look at once have the files rewritten once', async () => {
  const { stores, look, retained } = await expiredMonth();
  let rewritings = 0;
  const rewrite = async (): Promise<readonly string[]> => {
    rewritings += 1;
    return [];
  };
  await Promise.all([look(rewrite, retained), look(rewrite, retained), look(rewrite, retained)]);
  deepStrictEqual(rewritings, 1);
  await stores.close();
});
