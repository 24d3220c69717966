import { test } from 'tap';

import { lookIntoRedis } from '../../../adapters/redis/stored-log.ts';
import { openRedis } from '../../../adapters/redis/event-store.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { opened, redisFor } from './opened.ts';

const metaKey = 'sc:{0}:meta';

await test('a log that is begun anew has as many partitions as the one that is gone', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis, { partitions: 8 });
  await redis.command('FLUSHALL');
  const journal = new Journal(stores.events.writer('a', 1));
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'another log',
    withinMs: 10_000,
  });
  t.equal(await saidPartitions(redis), '8');
  t.equal((await opened(t, redis)).events.info.partitions, 8);
});

await test('a server adds no log to one that was begun with fewer partitions', async (t) => {
  const redis = await redisFor(t);
  const { events } = await opened(t, redis, { partitions: 2 });
  await redis.command('FLUSHALL');
  t.equal((await opened(t, redis)).events.info.partitions, 1);
  await t.rejects(events.head(1), { name: 'StoreUnreachable', message: /other than 2 partitions/ });
  t.equal(await redis.command('EXISTS', 'sc:{1}:log'), 0);
});

await test('logs that do not say how many they are are refused, and left as they are', async (t) => {
  const redis = await redisFor(t);
  await (await opened(t, redis, { partitions: 8 })).close();
  await redis.command('DEL', metaKey);
  const before = await redis.command('DBSIZE');
  for (const partitions of [undefined, 1, 7, 9]) {
    const asked = partitions === undefined ? {} : { partitions };
    await t.rejects(openRedis({ url: redis.url, ...asked }), {
      name: 'StoreUnusable',
      message:
        'The log in this Redis has lost the key that says how many partitions it has ' +
        `(${metaKey}); 8 are there. ` +
        'Restore a backup, or give --partitions 8 once if these were all.',
    });
  }
  t.equal(await redis.command('EXISTS', metaKey), 0);
  t.equal(await redis.command('DBSIZE'), before);
  await (await opened(t, redis, { partitions: 8 })).close();
  t.equal((await opened(t, redis)).events.info.partitions, 8, 'and it says so again');
});

await test('logs with a gap among them are refused whatever number is given', async (t) => {
  const redis = await redisFor(t);
  await (await opened(t, redis, { partitions: 3 })).close();
  await redis.command('DEL', metaKey, 'sc:{1}:log');
  for (const partitions of [2, 3]) {
    await t.rejects(openRedis({ url: redis.url, partitions }), {
      name: 'StoreUnusable',
      message: /2 are there\. Restore a backup\.$/,
    });
  }
  t.equal(await redis.command('EXISTS', metaKey), 0);
});

await test('a log that says that it has more partitions than any is refused at once', async (t) => {
  const redis = await redisFor(t);
  await (await opened(t, redis)).close();
  const says =
    /^The log in this Redis is damaged: it says that it has 1000000000000 partitions, and a log has 1 to 256\. Restore a backup\.$/;
  await redis.command('HSET', metaKey, 'partitions', '1000000000000');
  await t.rejects(openRedis({ url: redis.url }), { name: 'StoreUnusable', message: says });
  await t.rejects(lookIntoRedis({ url: redis.url }), { name: 'StoreUnusable', message: says });
  for (const other of ['0', '1.5', 'many']) {
    await redis.command('HSET', metaKey, 'partitions', other);
    await t.rejects(lookIntoRedis({ url: redis.url }), { name: 'StoreUnusable' });
  }
});

async function saidPartitions(redis: RedisProcess): Promise<string> {
  return String(await redis.command('HGET', metaKey, 'partitions'));
}
