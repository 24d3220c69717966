import { type Test, test } from 'tap';

import { parseAddress } from '../../../adapters/redis/address.ts';
import { Connection } from '../../../adapters/redis/connection.ts';
import { EndedGroups } from '../../../adapters/redis/groups.ts';
import { Link } from '../../../adapters/redis/link.ts';
import { StoreUnusable } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { opened, proxyFor, redisFor } from './opened.ts';

const log = 'sc:{0}:log';

/** The answer to the question for a log's groups. */
const isAsked = (_reply: Buffer, request: Buffer): boolean => request.includes('XINFO');

await test("an ended server's groups are destroyed, of this and of lower incarnations", async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  for (const name of ['lost:1', 'lost:7', 'lost:8', 'lost-not:1', 'alive:1']) {
    await redis.command('XGROUP', 'CREATE', log, `sc:${name}:0123456789ab`, '1-0');
  }
  await endLost(t, stores, 7);
  await until(async () => (await groups(redis)).length === 3, {
    what: 'the groups to be destroyed',
    withinMs: 5_000,
  });
  t.same((await groups(redis)).toSorted(), [
    'sc:alive:1:0123456789ab',
    'sc:lost-not:1:0123456789ab',
    'sc:lost:8:0123456789ab',
  ]);
});

await test('groups that could not be asked for are destroyed after the next reconnect', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const stores = await opened(t, proxy);
  await redis.command('XGROUP', 'CREATE', log, 'sc:lost:7:0123456789ab', '1-0');
  proxy.dropReplies(isAsked);
  await endLost(t, stores, 7);
  await until(() => proxy.dropped > 0, { what: 'a lost answer', withinMs: 5_000 });
  proxy.pass();
  await until(async () => (await groups(redis)).length === 0, {
    what: 'the group to be destroyed',
    withinMs: 5_000,
  });
});

await test('groups that Redis does not let be destroyed are not asked for again', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  await redis.command('ACL', 'SETUSER', 'default', '-xinfo|groups');
  await endLost(t, stores, 7);
  await until(async () => (await refusals(redis)) > 0, { what: 'a refusal', withinMs: 5_000 });
  for (let round = 0; round < 3; round++) {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await isWhole(stores);
  }
  t.equal(await refusals(redis), 1);
});

await test('a link that breaks each time that groups are asked for is whole again soon', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const stores = await opened(t, proxy);
  proxy.dropReplies(isAsked);
  await endLost(t, stores, 7);
  await until(() => proxy.dropped >= 3, { what: 'three tries', withinMs: 5_000 });
  await isWhole(stores);
  t.equal(proxy.dropped, 3);
});

await test('an end that nobody can be asked about, since the log is another one, is no fault', async (t) => {
  const redis = await redisFor(t);
  let isOther = false;
  const link = await Link.open({
    dial: () => Connection.open(parseAddress(redis.url)),
    prepare: async () => {
      if (isOther) throw new StoreUnusable('The log in this Redis is another one.');
    },
  });
  t.teardown(() => link.close());
  const endedGroups = new EndedGroups(link);
  isOther = true;
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  await until(() => link.current === undefined, { what: 'the link to be lost', withinMs: 5_000 });
  endedGroups.add({ server: 'lost', incarnation: 7, partition: 0 });
  // Longer than it is waited for there; what was rejected and heard by nobody fails the test.
  await t.rejects(link.ready(2_500), StoreUnusable);
});

async function endLost(t: Test, { events }: Stores, incarnation: number): Promise<void> {
  const judge = events.writer('alive', 1);
  const ends = { server: 'lost', incarnation };
  t.match(await judge.append({ parts: [], partition: 0, ends }), { status: 'appended' });
}

async function groups(redis: RedisProcess): Promise<readonly string[]> {
  const list = (await redis.command('XINFO', 'GROUPS', log)) as readonly unknown[][];
  return list.map(([, name]) => String(name));
}

/** How often somebody was not allowed to ask for groups. */
async function refusals(redis: RedisProcess): Promise<number> {
  const stats = String(await redis.command('INFO', 'commandstats'));
  return Number(/^cmdstat_xinfo\|groups:.*rejected_calls=(\d+)/m.exec(stats)?.[1] ?? 0);
}

/** Waits until one connection has been answered on for a second. */
async function isWhole({ leases }: Stores): Promise<void> {
  await until(async () => (await leases.look([])).linkWholeMs > 1_000, {
    what: 'the link to be whole for a second',
    withinMs: 10_000,
  });
}
