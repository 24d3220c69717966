import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import type { Recorded, Rollback } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { epochStream } from '../../../core/stream.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from '../contract/collector.ts';
import { copyable } from './copyable.ts';
import { Journal } from './journal.ts';
import { allRecords, holds, opened, proxyFor, redisFor } from './opened.ts';

/** A subscriber that is told of rollbacks, and follows anew from the beginning, as servers do. */
class Follower extends Collector {
  readonly rollbacks: Rollback[] = [];

  override onRollback(rollback: Rollback): void {
    this.rollbacks.push(rollback);
  }
}

await test('a log swapped for an older copy of itself starts an epoch at the right place', async (t) => {
  const { redis, copy } = await copyable(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(30);
  const before = await allRecords(stores);
  await copy.take();
  await journal.sayMany(20);
  const ahead = followed(stores, before, 0);
  await holds(ahead, 51);
  const { epoch: previous } = await stores.events.head(0);
  await copy.restore();
  await until(() => ahead.rollbacks.length > 0, { what: 'the rollback', withinMs: 10_000 });
  const head = await stores.events.head(0);
  t.same(ahead.rollbacks, [{ partition: 0, epoch: head.epoch, previous, from: 32 }]);
  t.not(head.epoch, previous);
  const records = await allRecords(stores);
  t.strictSame(records.slice(0, 31), before);
  t.match(records.slice(31), [
    {
      stream: epochStream,
      position: 32,
      revision: 2,
      event: { type: 'EpochStarted', data: { epoch: head.epoch, previous, from: 32 } },
    },
  ]);
  t.match(await journal.say(), { status: 'appended', position: 33, revisions: [31] });
  t.equal(ahead.size, 51, 'who was told is given no more');
});

await test('who was not ahead reads of the epoch in the log, and goes on', async (t) => {
  const { redis, copy } = await copyable(t);
  const stores = await opened(t, redis);
  const [behind, other] = [await opened(t, redis), await opened(t, redis)];
  const follower = followed(behind, [], 0);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await holds(follower, 11);
  const second = followed(other, [], 0);
  await holds(second, 11);
  await copy.take();
  await copy.restore();
  await journal.sayMany(10);
  await holds(follower, 21);
  await holds(second, 21);
  t.same([...follower.rollbacks, ...second.rollbacks], []);
  t.equal((await allRecords(stores)).length, 21, 'a copy that lacks nothing starts no epoch');
});

await test('each of several servers is told where its own knowledge ends, the log once', async (t) => {
  const { redis, copy } = await copyable(t);
  const writing = await opened(t, redis);
  const journal = new Journal(writing.events.writer('a', 1));
  await journal.sayMany(10);
  await copy.take();
  const [far, near] = [await opened(t, redis), await opened(t, redis)];
  const nearby = followed(near, [], 0);
  await holds(nearby, 11);
  await near.close();
  await journal.sayMany(10);
  const [one, two] = [followed(far, [], 0), followed(writing, [], 0)];
  await holds(one, 21);
  await holds(two, 21);
  await copy.restore();
  for (const follower of [one, two]) {
    await until(() => follower.rollbacks.length > 0, { what: 'a rollback', withinMs: 10_000 });
    t.match(follower.rollbacks, [{ from: 12 }]);
  }
  const again = await opened(t, redis);
  const late = followed(again, nearby.records(), 0);
  await holds(late, 12);
  t.same(late.rollbacks, [], 'the one that stood before that place reads on');
  const epochs = await again.events.readStream({ stream: epochStream, limit: 9 });
  t.equal(epochs.length, 2, 'one epoch for one rollback');
  t.same(one.rollbacks[0]?.epoch, two.rollbacks[0]?.epoch);
});

await test('a copy that others wrote on is told apart at the first record that differs', async (t) => {
  const { redis, copy } = await copyable(t);
  const proxy = await proxyFor(t, redis);
  const stores = await opened(t, proxy);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await copy.take();
  await journal.sayMany(10);
  const follower = followed(stores, [], 0);
  await holds(follower, 21);
  proxy.refuse();
  await copy.restore();
  // Somebody who knows nothing of what was lost writes before this store is back.
  const stranger = await opened(t, redis);
  await new Journal(stranger.events.writer('b', 1)).sayMany(30);
  await proxy.accept();
  await until(() => follower.rollbacks.length > 0, { what: 'the rollback', withinMs: 10_000 });
  t.match(follower.rollbacks, [{ from: 12 }]);
  const epochs = await stranger.events.readStream({ stream: epochStream, limit: 9 });
  t.match(epochs.slice(1), [{ position: 42, event: { data: { from: 12 } } }]);
});

await test('appends wait until the log was looked at, and later ones go on in the new epoch', async (t) => {
  const { redis, copy } = await copyable(t);
  const proxy = await proxyFor(t, redis);
  const stores = await opened(t, proxy);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await copy.take();
  await journal.sayMany(10);
  proxy.refuse();
  await copy.restore();
  const later = new Journal(stores.events.writer('b', 1));
  const said = later.sayMany(10);
  await proxy.accept();
  await said;
  t.same(later.tally, { 'unavailable/disconnected': 10 }, 'decided by the log before');
  await later.sayMany(10);
  const records = await allRecords(stores);
  t.same(later.faults(records), []);
  t.equal(later.count('appended'), 10);
  t.equal(records[11]?.stream, epochStream, 'the epoch comes before what is appended in it');
  t.equal(records.length, 22);
});

await test('what a server has only read counts as known to it', async (t) => {
  const { redis, copy } = await copyable(t);
  const writing = await opened(t, redis);
  const journal = new Journal(writing.events.writer('a', 1));
  await journal.sayMany(10);
  await copy.take();
  await journal.sayMany(10);
  await writing.close();
  const stores = await opened(t, redis);
  const follower = followed(stores, await stores.events.readAll(0, 1, 100), 0);
  await copy.restore();
  await until(() => follower.rollbacks.length > 0, { what: 'the rollback', withinMs: 10_000 });
  t.match(follower.rollbacks, [{ from: 12 }]);
  const epochs = await stores.events.readStream({ stream: epochStream, limit: 9 });
  t.match(epochs.slice(1), [{ position: 12, event: { data: { from: 12 } } }]);
});

await test('an append-only file that lost its end starts an epoch there', async (t) => {
  const redis = await redisFor(t, { appendfsync: 'always' });
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  for (let said = 0; said < 20; said++) await journal.say();
  const follower = followed(stores, [], 0);
  await holds(follower, 21);
  await redis.kill9();
  const folder = join(redis.dir, 'appendonlydir');
  const name = readdirSync(folder).find((file) => file.endsWith('.incr.aof')) ?? '';
  truncateSync(join(folder, name), statSync(join(folder, name)).size - 3_000);
  await redis.restart();
  await until(() => follower.rollbacks.length > 0, { what: 'the rollback', withinMs: 10_000 });
  const records = await allRecords(stores);
  const started = records.at(-1);
  t.match(started, { event: { type: 'EpochStarted', data: { from: started?.position } } });
  t.ok(records.length > 10 && records.length < 20, `${records.length} records are left`);
  t.match(follower.rollbacks, [{ from: records.length }]);
  t.match(await journal.say(), { status: 'appended', position: records.length + 1 });
});

await test('a log that is gone is begun anew, and says what it follows', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  const follower = followed(stores, [], 0);
  await holds(follower, 11);
  const { epoch: previous } = await stores.events.head(0);
  await redis.command('FLUSHALL');
  await until(() => follower.rollbacks.length > 0, { what: 'the rollback', withinMs: 10_000 });
  const { epoch } = await stores.events.head(0);
  t.same(follower.rollbacks, [{ partition: 0, epoch, previous, from: 1 }]);
  t.equal(String(await redis.command('HGET', 'sc:{0}:meta', 'partitions')), '1');
  t.match(await allRecords(stores), [
    { position: 1, event: { type: 'EpochStarted', data: { epoch, previous, from: 1 } } },
  ]);
  t.match(await journal.say(), { status: 'appended', position: 2, revisions: [1] });
});

await test('what was decided by a log that was set back meanwhile is not written', async (t) => {
  const { redis, copy } = await copyable(t);
  const stores = await opened(t, redis);
  const { events } = stores;
  const journal = new Journal(events.writer('a', 1));
  await journal.sayMany(10);
  await copy.take();
  await journal.sayMany(10);
  const follower = followed(stores, [], 0);
  await holds(follower, 21);
  await redis.stop();
  copy.putBack();
  const late = journal.say('decided before');
  await redis.restart();
  t.strictSame(await late, { status: 'unavailable', reason: 'disconnected' });
  await until(() => follower.rollbacks.length > 0, { what: 'the rollback', withinMs: 10_000 });
  t.match(await journal.say('decided after'), { status: 'appended', position: 13 });
  const texts = (await allRecords(stores)).map(({ event }) => 'text' in event && event.text);
  t.notOk(texts.includes('decided before'));
});

await test('a log key that is deleted takes indexes, fences and answers along', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const { events } = stores;
  const once = { session: 's1', sequence: 1 };
  const parts = [{ stream: 'room:lobby', expected: 'any', events: [] }] as const;
  await new Journal(events.writer('a', 1)).sayMany(10);
  await events.writer('b', 1).append({ parts, once, ends: { server: 'c', incarnation: 7 } });
  await redis.command('DEL', 'sc:{0}:log');
  t.match(await new Journal(events.writer('a', 2)).say(), { status: 'unavailable' });
  t.match(await new Journal(events.writer('a', 2)).say(), {
    status: 'appended',
    position: 2,
    revisions: [1],
  });
  t.match(await new Journal(events.writer('c', 1)).say(), { status: 'appended', position: 3 });
  t.match(await events.writer('b', 1).append({ parts, once }), { status: 'appended' });
  t.equal((await events.readStream({ stream: 'room:lobby', limit: 99 })).length, 2);
});

/** Follows the first partition from where `held` ends. */
function followed({ events }: Stores, held: readonly Recorded[], partition: number): Follower {
  const follower = new Follower(startOf([partition]), held);
  events.subscribe('reader:1', follower.cursors(), follower);
  return follower;
}
