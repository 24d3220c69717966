import { deepStrictEqual, rejects } from 'node:assert/strict';
import pino from 'pino';
import { test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import type { EventStore } from '../../core/event-store.ts';
import type { Snapshot } from '../../core/snapshot-store.ts';
import type { Stores } from '../../core/stores.ts';
import { accountStream } from '../../core/stream.ts';
import { foldVersion } from '../../core/stream-folds.ts';
import { loadAccount } from '../../server/aggregate.ts';
import { ChatServer } from '../../server/chat-server.ts';
import { foldLog } from '../../server/folded-log.ts';
import { keepSnapshots, statesAtOnceMax } from '../../server/snapshot-run.ts';
import { hashedState } from '../../server/state-hash.ts';
import { accountRegistered, commitTo, roomJoined } from '../support/events.ts';
import { QuickHasher } from '../support/quick-hasher.ts';
import { firstsOf, trimAll } from '../support/trimmed-log.ts';

/** A log in which so many users have an account and are in a room. */
async function inhabited(users: number): Promise<Stores> {
  const stores = openMemory();
  const writer = stores.events.writer('a', 1);
  for (let number = 0; number < users; number++) {
    const user = `user${number}`;
    await writer.append(commitTo(accountStream(user), accountRegistered(user)));
    await writer.append(commitTo('room:lobby', roomJoined(user)));
  }
  return stores;
}

/** What another version of this program kept there: states that this one would make nothing of. */
async function keepOthers(events: EventStore, through: number): Promise<void> {
  const { epoch } = await events.head(0);
  const others = ['chat', accountStream('user0')].map((name): Snapshot => {
    return { name, revision: 1, position: through, fold: foldVersion + 1, state: 'as it was' };
  });
  deepStrictEqual(await events.snapshots.keep(0, { epoch, through }, others), true);
}

const isOther = { name: 'StoreUnusable', message: /another version of this program/ };

const knownOf = async (events: EventStore): Promise<readonly unknown[]> => [
  await loadAccount(events, 'user0'),
  await loadAccount(events, 'user1'),
  await loadAccount(events, 'nobody'),
  hashedState((await foldLog(events)).view),
];

void test('a log that rests on another version of the folds is refused, by servers too', async () => {
  const stores = await inhabited(3);
  const { events } = stores;
  await keepOthers(events, 5);
  const { epoch } = await events.head(0);
  await events.trim(0, 6, epoch);
  await rejects(foldLog(events), isOther);
  await rejects(loadAccount(events, 'user0'), isOther);
  await rejects(keepSnapshots(events, 0, 6), isOther);
  const options = { name: 'one', registrationOpen: false, messagesPerSecond: 10 };
  const server = new ChatServer(options, stores, new QuickHasher(), pino({ enabled: false }));
  await rejects(server.start(), isOther);
  await server.stop();
  await trimAll(stores);
  deepStrictEqual(await firstsOf(events), [6]);
});

void test('a log that rests on a version whose states are read goes on as it is', async () => {
  const { events } = await inhabited(3);
  const known = await knownOf(events);
  const through = 5;
  await keepSnapshots(events, 0, through);
  const names = ['chat', accountStream('user0'), accountStream('user1'), 'epoch', 'room:lobby'];
  const kept = [...(await events.snapshots.get(0, names)).values()];
  deepStrictEqual(kept.length, names.length);
  const former = kept.map((snapshot): Snapshot => ({ ...snapshot, fold: 1 }));
  const { epoch } = await events.head(0);
  const next = { epoch, through: through + 1 };
  deepStrictEqual(await events.snapshots.keep(0, next, former), true);
  await events.trim(0, through + 1, epoch);
  deepStrictEqual(await firstsOf(events), [through + 1]);
  deepStrictEqual(await knownOf(events), known);
});

void test('while the log is whole, what another version has kept is not used, and is made anew', async () => {
  for (const users of [3, statesAtOnceMax]) {
    const stores = await inhabited(users);
    const { events } = stores;
    const { position } = await events.head(0);
    const known = await knownOf(events);
    await keepOthers(events, position - 1);
    deepStrictEqual(await knownOf(events), known);
    // Nothing may rest on it before it is made anew, for which it has to be gone beyond.
    await trimAll(stores);
    deepStrictEqual(await firstsOf(events), [1]);
    const writer = events.writer('a', 1);
    await writer.append(commitTo('room:lobby', roomJoined('user0')));
    await trimAll(stores);
    deepStrictEqual(await firstsOf(events), [position + 1]);
    deepStrictEqual((await knownOf(events)).slice(0, 3), known.slice(0, 3));
  }
});
