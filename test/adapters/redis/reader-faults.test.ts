import { randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Test, test } from 'tap';

import type { Stores } from '../../../core/stores.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { count, reportCount } from '../../counts.ts';
import { Collector, startOf } from '../contract/collector.ts';
import { Journal } from './journal.ts';
import { allRecords, follow, holds, opened, proxyFor, redisFor } from './opened.ts';

const log = 'sc:{0}:log';
/** A read that brought records, and not the end of its wait. */
const isRead = (reply: Buffer, request: Buffer): boolean =>
  request.includes('XREADGROUP') && reply.length > 20;

await test('a reader that is cut off while records come gets each once, in order', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const collector = follow(await opened(t, proxy));
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  const asked = count('readerCut');
  await holds(collector, 1);
  let cuts = 0;
  for (; cuts < asked; cuts++) {
    const before = proxy.dropped;
    // From nothing at all to a part of a record, or most of the records.
    proxy.cutBetween(isRead, randomInt(3) === 0 ? 0 : randomInt(3_000));
    const said = journal.sayMany(randomInt(1, 20));
    await until(() => proxy.dropped > before, { what: 'a cut', withinMs: 10_000 });
    proxy.pass();
    await said;
    await holds(collector, 1 + journal.count('appended'));
  }
  const records = await allRecords(stores);
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
  t.same(journal.faults(records), []);
  reportCount(t, 'readerCut', cuts);
});

await test('a half-open reader of the old group takes nothing away', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  await holds(collector, 1);
  const old = await onlyGroup(redis);
  const ghost = thiefIn(t, redis, old);
  await killReaders(redis);
  await until(async () => (await onlyGroup(redis)) !== old, {
    what: 'the reader to have a new group',
    withinMs: 5_000,
  });
  await t.rejects(ghost.stolen, /NOGROUP|UNBLOCKED/, 'the ghost is thrown out');
  await sayAndHear(t, stores, collector, 50);
});

await test('records that another takes out of the live group are read by range', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  await holds(collector, 1);
  const group = await onlyGroup(redis);
  let stolen = 0;
  for (let round = 0; round < 2; round++) {
    const thief = thiefIn(t, redis, group);
    // Who has waited longest is served first; the reader waits anew every 2 s.
    await until(async () => isFirst(await blocked(redis), thief), {
      what: 'the thief to be the first of those who wait',
      withinMs: 10_000,
    });
    const journal = new Journal(stores.events.writer(`a${round}`, 1));
    await journal.sayMany(20);
    stolen += await thief.stolen;
    // Now a hole shows what is missing; in the last round only silence does.
    if (round === 0) await journal.sayMany(20);
    await holds(collector, (await allRecords(stores)).length);
  }
  t.ok(stolen > 0, `the thief has taken ${stolen} records`);
  const records = await allRecords(stores);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
});

await test('a reader whose group was destroyed makes another at its place', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  await holds(collector, 1);
  for (let round = 1; round <= 3; round++) {
    await redis.command('XGROUP', 'DESTROY', log, await onlyGroup(redis));
    await sayAndHear(t, stores, collector, 10);
  }
});

await test('a reader in a black hole is reading again within 5 s of its end', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const collector = follow(await opened(t, proxy));
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await holds(collector, 11);
  for (const direction of ['toClient', 'toServer', 'both'] as const) {
    const size = collector.size;
    const { total } = proxy.connections;
    proxy.blackhole(direction);
    await journal.sayMany(10);
    await until(() => proxy.connections.total > total, { what: 'another dial', withinMs: 5_000 });
    proxy.reset();
    proxy.pass();
    await holds(collector, size + 10, 5_000);
  }
  const records = await allRecords(stores);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
});

await test('a subscription says within 3 s that it does not read, also when nothing is to be read', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const collector = new Collector(startOf([0]));
  const subscription = events.subscribe('g:1', startOf([0]), collector);
  const reads = (isReading: boolean, withinMs: number): Promise<unknown> =>
    until(() => subscription.isReading === isReading, {
      what: `a subscription that is ${isReading ? '' : 'not '}reading`,
      withinMs,
    });
  await holds(collector, 1);
  t.equal(subscription.isReading, true);
  await redis.pause();
  await reads(false, 3_000);
  redis.resume();
  await reads(true, 5_000);
  proxy.refuse();
  proxy.reset();
  await reads(false, 1_000);
  await proxy.accept();
  await reads(true, 5_000);
});

await test('a subscription that is closed leaves no group behind', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  await holds(collector, 1);
  t.equal((await groups(redis)).length, 1);
  await killReaders(redis);
  await sayAndHear(t, stores, collector, 10);
  t.equal((await groups(redis)).length, 1, 'nor does each connection');
  await stores.close();
  t.same(await groups(redis), []);
});

async function sayAndHear(
  t: Test,
  stores: Stores,
  collector: Collector,
  howMany: number,
): Promise<void> {
  const writer = stores.events.writer('sayer', 0);
  for (let number = 0; number < howMany; number++) {
    await writer.append(commitTo('room:lobby', messagePosted(String(number))));
  }
  await writer.close();
  const records = await allRecords(stores);
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
}

async function groups(redis: RedisProcess): Promise<readonly string[]> {
  const list = (await redis.command('XINFO', 'GROUPS', log)) as readonly unknown[][];
  return list.map(([, name]) => String(name));
}

async function onlyGroup(redis: RedisProcess): Promise<string> {
  return until(
    async () => {
      const names = await groups(redis);
      return names.length === 1 ? names[0] : undefined;
    },
    { what: 'one group', withinMs: 5_000 },
  );
}

/** What Redis says of the clients that wait in a read. */
async function blocked(redis: RedisProcess): Promise<readonly string[]> {
  const list = String(await redis.command('CLIENT', 'LIST'));
  return list.split('\n').filter((line) => / flags=b .* cmd=xreadgroup /.test(line));
}

function isFirst(waiting: readonly string[], { name }: Thief): boolean {
  const idle = (wanted: string): number =>
    Number(
      / idle=(\d+) /.exec(waiting.find((line) => line.includes(` name=${wanted} `)) ?? '')?.[1],
    );
  return idle(name) > idle('securechat');
}

/** As if the network had ended the connections that wait in a read, and no others. */
async function killReaders(redis: RedisProcess): Promise<void> {
  for (const line of await blocked(redis)) {
    if (!line.includes('name=securechat')) continue;
    await redis.command('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)?.[1] ?? '');
  }
}

interface Thief {
  readonly name: string;
  /** How many records it got. */
  readonly stolen: Promise<number>;
}

/** One more read in a group, as by a connection whose client is gone: what it gets is lost. */
function thiefIn(t: Test, redis: RedisProcess, group: string): Thief {
  const name = 'ghost';
  const options = { retryStrategy: null, protocol: 2, connectionName: name } as const;
  const client = new Redis(redis.url, options);
  client.on('error', () => undefined);
  t.teardown(() => client.disconnect());
  const read = ['GROUP', group, name, 'BLOCK', 10_000, 'NOACK', 'STREAMS', log, '>'] as const;
  const stolen = client.call('XREADGROUP', ...read).then((reply) => {
    const [stream] = reply as [unknown, unknown[]][];
    return stream?.[1].length ?? 0;
  });
  stolen.catch(() => undefined);
  return { name, stolen };
}
