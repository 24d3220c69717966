import { type AddressInfo, connect, createServer } from 'node:net';
import { type Test, test } from 'tap';

import { openRedis } from '../../../adapters/redis/event-store.ts';
import { partitionKeys } from '../../../adapters/redis/keys.ts';
import { appendAnswerMsMax } from '../../../core/event-store.ts';
import type { Recorded } from '../../../core/event-store.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { type ReplicatedRedis, startReplicatedRedis } from '../../support/replicated-redis.ts';
import { until } from '../../support/until.ts';
import { startOf } from '../contract/collector.ts';
import { Journal } from './journal.ts';
import { allRecords, follow, holds, opened, redisFor } from './opened.ts';

const unknown = { status: 'unknown' };
const replicas = 1;

await test('what a replica has is acknowledged; what it has not is of unknown fate', async (t) => {
  const { primary, replica } = await pairFor(t);
  const stores = await opened(t, primary, { replicas });
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(20);
  t.same(journal.tally, { appended: 20 });
  const positions = (await allRecords(stores)).length;
  t.ok((await lengthOf(replica)) >= positions, 'the replica has it');

  await replica.pause();
  t.same(await journal.sayMany(3), [unknown, unknown, unknown]);
  let isAnswered = false;
  const saying = journal.say().finally(() => (isAnswered = true));
  t.ok((await stores.events.readAll(0, 1, 100)).length > 0);
  await stores.leases.refresh('a', 'token');
  t.notOk(isAnswered, 'nothing else waits');
  await saying;
  replica.resume();
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'writers to be acknowledged again',
    withinMs: 5_000,
  });
  const records = await allRecords(stores);
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  t.same(journal.faults(records), []);
});

await test('nobody folds a record of their own before they know whether replicas have it', async (t) => {
  const { primary, replica } = await pairFor(t);
  const stores = await opened(t, primary, { replicas });
  const others = await opened(t, primary);
  const event = messagePosted('hello');
  const order: string[] = [];
  const noting = (name: string) => ({
    onBatch: (batch: readonly Recorded[]) => {
      if (batch.some(({ id }) => id === event.id)) order.push(name);
    },
    onRollback: () => {},
    onFailure: () => {},
  });
  stores.events.subscribe('own:1', startOf([0]), noting('folded here'));
  others.events.subscribe('other:1', startOf([0]), noting('folded elsewhere'));
  await replica.pause();
  const outcome = await stores.events.writer('a', 1).append(commitTo('room:lobby', event));
  order.push(outcome.status);
  await until(() => order.length === 3, { what: 'all three', withinMs: 5_000 });
  t.same(order, ['folded elsewhere', 'unknown', 'folded here']);
});

await test('a replica that a connection was lost over is not taken to have what was written', async (t) => {
  const { primary, replica } = await pairFor(t);
  const stores = await opened(t, primary, { replicas });
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.say();
  await replica.pause();
  const said = journal.say();
  await until(async () => (await allRecords(stores)).length > 2, {
    what: 'it to be in the log',
    withinMs: 2_000,
  });
  await primary.command('CLIENT', 'KILL', 'TYPE', 'normal');
  t.same(await said, unknown);
  replica.resume();
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'writers to be acknowledged again',
    withinMs: 5_000,
  });
  t.same(journal.faults(await allRecords(stores)), []);
});

await test('what is repeated is acknowledged only when replicas have the first', async (t) => {
  const { primary, replica } = await pairFor(t);
  const stores = await opened(t, primary, { replicas });
  const writer = stores.events.writer('a', 1);
  const once = { session: 'b', sequence: 1 };
  const commit = { ...commitTo('room:lobby', messagePosted('hello')), once };
  await replica.pause();
  t.same(await writer.append(commit), unknown);
  t.same(await writer.append(commit), unknown);
  replica.resume();
  const answer = await until(
    async () => {
      const outcome = await writer.append(commit);
      return outcome.status === 'repeated' && outcome;
    },
    { what: 'it to be acknowledged', withinMs: 5_000 },
  );
  t.match(answer, { status: 'repeated', first: { status: 'appended', position: 2 } });
});

await test('a Redis with fewer replicas than are wanted is refused', async (t) => {
  const primary = await redisFor(t);
  await t.rejects(openRedis({ url: primary.url, replicas }), {
    name: 'StoreUnusable',
    message: /has 0 of the replicas.*--replicas 1/,
  });
});

await test('the connections of eight partitions are opened one after another', async (t) => {
  const { primary } = await pairFor(t);
  const door = await narrowDoorTo(t, primary.port);
  const stores = await opened(t, { port: door }, { replicas, partitions: 8 });
  t.equal((await stores.events.head(7)).position, 1);
});

await test('every commit is answered in time, however many wait for a replica', async (t) => {
  const { primary, replica } = await pairFor(t);
  const stores = await opened(t, primary, { replicas });
  const journal = new Journal(stores.events.writer('a', 1));
  await replica.pause();
  const saying = journal.keepSaying();
  await until(() => journal.count('unknown') > 3, { what: 'some answers', withinMs: 15_000 });
  journal.stop();
  await saying;
  replica.resume();
  t.equal(journal.count('appended'), 0);
  t.same(journal.faults(await allRecords(stores)), [], `within ${appendAnswerMsMax} ms each`);
});

/** A Redis and its replica of the test's own. */
async function pairFor(t: Test): Promise<ReplicatedRedis> {
  const pair = await startReplicatedRedis();
  t.teardown(() => pair[Symbol.asyncDispose]());
  return pair;
}

/** A way to a Redis that shuts out who comes while another has not had its first answer yet. */
async function narrowDoorTo(t: Test, port: number): Promise<number> {
  let isOpening = false;
  const door = createServer((client) => {
    if (isOpening) {
      client.resetAndDestroy();
      return;
    }
    isOpening = true;
    const redis = connect(port, '127.0.0.1');
    redis.once('data', () => (isOpening = false));
    for (const [near, far] of [
      [client, redis],
      [redis, client],
    ] as const) {
      near.pipe(far);
      near.on('error', () => far.destroy());
    }
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  t.teardown(() => door.close());
  return (door.address() as AddressInfo).port;
}

async function lengthOf(redis: RedisProcess): Promise<number> {
  return Number(await redis.command('XLEN', partitionKeys(0).log));
}
