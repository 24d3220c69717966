import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import type { Stores } from '../../../core/stores.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import type { Collector } from '../contract/collector.ts';
import { Journal } from './journal.ts';
import { allRecords, follow, holds, opened, redisFor } from './opened.ts';

await test('a Redis without memory refuses writers, while readers go on', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await fillUp(redis, journal);
  t.same(await journal.say(), { status: 'unavailable', reason: 'full' });
  t.equal(await stores.leases.refresh('a', 'token'), true, 'a lease can still be held');
  await t.rejects(
    stores.credentials.put({ id: '1', user: 'alice', hash: '$argon2id$', createdAt: 1 }),
    { name: 'StoreUnreachable', message: /OOM/ },
  );
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  const late = follow(stores, 'late:1');
  await holdsAll(t, stores, [collector, late]);
  await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  t.match(await journal.say(), { status: 'appended' });
  await holdsAll(t, stores, [collector, late]);
  t.same(journal.faults(await allRecords(stores)), []);
});

await test('a Redis that cannot persist refuses writers, while readers go on', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await holdsAll(t, stores, [collector]);
  const heal = await failSaving(redis);
  t.same(await journal.say(), { status: 'unavailable', reason: 'readOnly' });
  const refusedAt = performance.now();
  const isNoLonger = async (): Promise<void> => {
    const { linkWholeMs } = await stores.leases.look(['b']);
    const sinceMs = performance.now() - refusedAt;
    t.ok(linkWholeMs <= sinceMs, `whole for ${linkWholeMs} of ${sinceMs} ms`);
  };
  await t.rejects(stores.leases.refresh('a', 'token'), { name: 'StoreUnreachable' });
  // Nobody can be thought lost.
  await isNoLonger();
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  const late = follow(stores, 'late:1');
  await holdsAll(t, stores, [collector, late]);
  await heal();
  t.match(await journal.say(), { status: 'appended' });
  await holdsAll(t, stores, [collector, late]);
  t.same(journal.faults(await allRecords(stores)), []);
  await isNoLonger();
});

await test('a replica refuses writers, until it is the primary again', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  // Of a primary that does not answer, so that it keeps what it has.
  await redis.command('REPLICAOF', '127.0.0.1', '1');
  t.same(await journal.say(), { status: 'unavailable', reason: 'readOnly' });
  t.same(await journal.say(), { status: 'unavailable', reason: 'readOnly' });
  await redis.command('REPLICAOF', 'NO', 'ONE');
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'writers to be let in again',
    withinMs: 5_000,
  });
  await holdsAll(t, stores, [collector]);
  t.same(journal.faults(await allRecords(stores)), []);
});

await test('a Redis without the replicas that it wants refuses writers only', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
  t.same(await journal.say(), { status: 'unavailable', reason: 'readOnly' });
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  const late = follow(stores, 'late:1');
  await holdsAll(t, stores, [collector, late]);
  await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
  t.match(await journal.say(), { status: 'appended' });
  await holdsAll(t, stores, [collector, late]);
  t.same(journal.faults(await allRecords(stores)), []);
});

await test("commits wait while another's script keeps Redis busy", async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.say();
  await redis.command('CONFIG', 'SET', 'busy-reply-threshold', '50');
  const endless = t.rejects(redis.command('EVAL', 'while true do end', 0), /killed/i);
  await until(async () => isBusy(redis), { what: 'Redis to be busy', withinMs: 5_000 });
  const said = journal.sayMany(10);
  await t.rejects(redis.command('DBSIZE'), /BUSY/);
  await redis.command('SCRIPT', 'KILL');
  await Promise.all([endless, said]);
  t.same(journal.tally, { appended: 11 });
  t.same(journal.faults(await allRecords(stores)), []);
});

await test('a full queue is answered at once, and holds no more than it may', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.say();
  await redis.pause();
  const texts = Array.from({ length: 200 }, () => journal.say('x'.repeat(100_000)));
  const outcomes = await Promise.all(texts);
  redis.resume();
  t.ok(outcomes.some((outcome) => outcome.status === 'unavailable' && outcome.reason === 'busy'));
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'writers to be served again',
    withinMs: 5_000,
  });
  t.same(journal.faults(await allRecords(stores)), []);
});

async function isBusy(redis: RedisProcess): Promise<boolean> {
  try {
    await redis.command('DBSIZE');
    return false;
  } catch (error) {
    return error instanceof Error && error.message.startsWith('BUSY');
  }
}

/** Talks until there is no memory left for it. */
async function fillUp(redis: RedisProcess, journal: Journal): Promise<void> {
  const info = String(await redis.command('INFO', 'memory'));
  const used = Number(/used_memory:(\d+)/.exec(info)?.[1]);
  await redis.command('CONFIG', 'SET', 'maxmemory', String(used + 500_000));
  await until(
    async () => {
      await journal.sayMany(50);
      return journal.count('unavailable/full') > 50;
    },
    { what: 'the memory to be full', withinMs: 10_000 },
  );
  // What clients' buffers take comes and goes; now there is none to be found.
  await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
}

/** Lets a snapshot fail, after which Redis takes no writes; the result makes one succeed. */
async function failSaving(redis: RedisProcess): Promise<() => Promise<void>> {
  const obstacle = join(redis.dir, 'dump.rdb');
  mkdirSync(obstacle);
  await redis.command('CONFIG', 'SET', 'save', '3600 1');
  await saved(redis, 'err');
  return async () => {
    rmdirSync(obstacle);
    await saved(redis, 'ok');
  };
}

async function saved(redis: RedisProcess, status: 'ok' | 'err'): Promise<void> {
  await redis.command('BGSAVE');
  await until(
    async () => {
      const info = String(await redis.command('INFO', 'persistence'));
      return info.includes(`rdb_last_bgsave_status:${status}`);
    },
    { what: `a snapshot to end with ${status}`, withinMs: 10_000 },
  );
}

async function holdsAll(t: Test, stores: Stores, collectors: readonly Collector[]): Promise<void> {
  const records = await allRecords(stores);
  for (const collector of collectors) {
    await holds(collector, records.length);
    t.strictSame(collector.records(), records);
    t.same(collector.faults, []);
  }
}
