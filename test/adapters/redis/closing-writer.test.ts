import { test } from 'tap';

import { queuedBytesMax } from '../../../adapters/redis/commit-queue.ts';
import { scripts } from '../../../adapters/redis/scripts.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { allRecords, opened, proxyFor, redisFor } from './opened.ts';

await test('a writer that was closed asks Redis for nothing more', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const writer = events.writer('a', 1);
  const journal = new Journal(writer);
  await journal.say();
  proxy.dropReplies((_reply, request) => request.includes(scripts.append.sha));
  const said = journal.say();
  await until(() => proxy.dropped > 0, { what: 'the answer to be lost', withinMs: 5_000 });
  // What the writer asks next, whether its batch has run, is refused again and again.
  await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
  proxy.pass();
  t.same(await said, { status: 'unknown' });
  await writer.close();
  const before = await calls(redis, 'evalsha');
  const pings = await calls(redis, 'ping');
  await until(async () => (await calls(redis, 'ping')) > pings + 3, {
    what: 'the link to be used for something else',
    withinMs: 10_000,
  });
  // One question was perhaps on its way.
  t.ok((await calls(redis, 'evalsha')) <= before + 1);
  await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
  t.same(journal.faults(await allRecords(await opened(t, redis))), []);
});

await test('a commit that is too large for any queue is refused, and those after it go on', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  const outcome = await journal.say('x'.repeat(queuedBytesMax + 1));
  t.same(outcome, { status: 'unavailable', reason: 'busy' });
  t.match(await journal.say(), { status: 'appended' });
  t.same(journal.faults(await allRecords(stores)), []);
});

/** How often Redis was given a command since it was started, whether it carried it out or not. */
async function calls(redis: RedisProcess, command: string): Promise<number> {
  const stats = String(await redis.command('INFO', 'commandstats'));
  const [line = ''] = new RegExp(`^cmdstat_${command}:.*`, 'm').exec(stats) ?? [];
  const counts = [...line.matchAll(/\b(?:calls|rejected_calls)=(\d+)/g)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
