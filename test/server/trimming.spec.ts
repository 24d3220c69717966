import { deepStrictEqual, notDeepStrictEqual } from 'node:assert/strict';
import pino from 'pino';
import { test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { accountNames } from '../../server/account-names.ts';
import { loadAccount, loadFollowing, loadSession } from '../../server/aggregate.ts';
import { foldLog } from '../../server/folded-log.ts';
import { loadKeptRooms } from '../../server/loaded-kept-rooms.ts';
import { hashedState } from '../../server/state-hash.ts';
import { trimTarget } from '../../server/trim-target.ts';
import { Trimmer } from '../../server/trimmer.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { commitTo, messagePosted, newEvent } from '../support/events.ts';
import { firstsOf, trimAll } from '../support/trimmed-log.ts';

const users = ['alice', 'bob', 'dave', 'eve', 'nobody'];

/** All that servers and tools know of the chat by its log. */
async function knownOf(chat: ChatHarness): Promise<unknown> {
  const { events } = chat.store(0);
  const names: string[] = [];
  for await (const name of accountNames(events)) names.push(name);
  const states = users.map(async (user) => [
    await loadAccount(events, user),
    await loadSession(events, user),
    await loadFollowing(events, user),
    await loadKeptRooms(events, user),
  ]);
  const { text } = hashedState((await foldLog(events)).view);
  return { names: names.toSorted(), states: await Promise.all(states), text };
}

const later = (): number => Date.now() + 3 * 86_400_000;

async function trim(chat: ChatHarness): Promise<void> {
  await chat.settled();
  await trimAll(chat.store(0));
}

scenes(
  'what is known of a chat is the same when its log was trimmed, again and again',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const bob = await chat.join('bob', 1, 'attic');
    alice.send('/subscribe bob', '/subscribe eve', '/unsubscribe eve', '/msg dave hello', 'said');
    await alice.seesMatching(/Sent to dave/);
    bob.send('/join cellar');
    await bob.seesMatching(/Joined cellar/);
    await alice.isServed();
    for (let round = 0; round < 3; round++) {
      await chat.settled();
      const before = await knownOf(chat);
      const ends = chat.log.partitions.map(({ head }) => head);
      await trim(chat);
      deepStrictEqual(await knownOf(chat), before);
      deepStrictEqual(await firstsOf(chat.store(0).events), ends);
      alice.send(`round ${round}`, `/msg dave ${round}`, `/subscribe ${users[round + 1]}`);
      await alice.isServed();
      if (round === 1) bob.send('/quit');
      if (round === 1) await bob.closes();
    }
  },
);

scenes(
  'who was here before the log begins logs in, is followed, and keeps what they had',
  async (chat) => {
    const bob = await chat.join('bob', 0, 'Garden-Party');
    bob.send('/subscribe alice', '/msg eve one', '/quit');
    await bob.closes();
    const eve = await chat.client(1);
    eve.send('LOGIN eve qwerty');
    await eve.sees('[DM] bob: one');
    eve.send('/quit');
    await eve.closes();
    const alice = await chat.login('alice', 0);
    await trim(chat);
    // One that knows of the chat only what is there now.
    await chat.startServer({});
    const again = await chat.login('bob', 2);
    alice.send('/join attic', 'said elsewhere', '/msg eve three');
    await again.sees('[Subbed] alice: said elsewhere');
    again.send('/subscriptions', '/join garden-party');
    await again.sees('Subscriptions: alice');
    await again.sees('SUCCESS: Joined Garden-Party');
    const late = await chat.client(2);
    late.send('REGISTER bob anotherone');
    await late.seesMatching(/taken/i);
    const reader = await chat.client(2);
    reader.send('LOGIN eve qwerty');
    await reader.reads('SUCCESS: Welcome eve. You are in lobby.', '[DM] alice: three');
    await reader.seesNothing();
  },
);

scene('the history says where what is kept begins', async (chat) => {
  const alice = await chat.login('alice', 0);
  alice.send('/receipts on', 'one', 'two');
  await alice.seesMatching(/STORED lobby/);
  const { line } = await alice.seesMatching(/STORED lobby/);
  const number = Number(line.split(' ')[3]);
  await trim(chat);
  alice.send('three');
  await alice.seesMatching(/STORED lobby/);
  alice.send('/history');
  await alice.sees('The last 2 of lobby:');
  await alice.sees(`What was said from #1 to #${number - 1} is no longer kept.`);
  await alice.seesMatching(/ alice: two/);
  await alice.seesMatching(/ alice: three/);
});

scene('only what is older than is asked for goes, and nothing twice', async (chat) => {
  const { events, leases } = chat.store(0);
  const alice = await chat.login('alice', 0);
  await alice.isServed();
  await chat.settled();
  const old = chat.log.partition(0).head;
  chat.passTime(3 * 86_400_000);
  alice.send('new');
  await alice.isServed();
  await chat.settled();
  const trimmer = new Trimmer({ days: 2 }, { events, leases }, pino({ enabled: false }), later);
  await trimmer.look();
  deepStrictEqual(await firstsOf(events), [old + 1]);
  await trimmer.look();
  deepStrictEqual(await firstsOf(events), [old + 1]);
});

scene('while one server trims, no other does', async (chat) => {
  const { events, leases } = chat.store(0);
  await leases.take('log trimmer', 'another');
  await trim(chat);
  deepStrictEqual(await firstsOf(events), [1]);
  await leases.release('log trimmer', 'another');
  await trim(chat);
  notDeepStrictEqual(await firstsOf(events), [1]);
});

void test('a sealed log is trimmed up to its last checkpoint, and not without one of its epoch', async () => {
  const { events } = openMemory();
  const { epoch } = await events.head(0);
  const writer = events.writer('a', 1);
  const target = async (isSealed = false): Promise<number> => {
    const wanted = { olderThan: Date.now() + 1_000_000, isSealed };
    return (await trimTarget(events, 0, wanted)).before;
  };
  for (const text of ['1', '2', '3', '4'])
    await writer.append(commitTo('room:lobby', messagePosted(text)));
  deepStrictEqual(await target(), 5);
  deepStrictEqual(await target(true), 1);
  const seal = (size: number, of: string) =>
    writer.append({
      partition: 0,
      ...commitTo(
        'audit:0',
        newEvent({
          type: 'CheckpointSigned',
          data: { epoch: of, size, root: '', range: [], note: '' },
          text: '',
        }),
      ),
    });
  await seal(3, epoch);
  deepStrictEqual(await target(), 4);
  await seal(4, 'another epoch');
  deepStrictEqual(await target(), 1);
});
