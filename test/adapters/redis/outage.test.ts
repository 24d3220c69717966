import { type Test, test } from 'tap';

import type { RedisStoreOptions } from '../../../adapters/redis/event-store.ts';
import type { LinkNews, Stores } from '../../../core/stores.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { opened, proxyFor, redisFor } from './opened.ts';

await test('an outage of Redis is told once, with its reason, and its end, with its length', async (t) => {
  const redis = await redisFor(t);
  const { news } = await listenedTo(t, redis);
  const upAt = performance.now();
  await redis.kill9();
  await until(() => news.length > 0, { what: 'the outage to be told', withinMs: 5_000 });
  const downAt = performance.now();
  await redis.restart();
  const downMsMin = performance.now() - downAt;
  await until(() => news.length > 1, { what: 'its end to be told', withinMs: 5_000 });
  const downMsMax = performance.now() - upAt;
  t.match(news, [
    { status: 'down', reason: /^The connection to Redis was lost: / },
    { status: 'back' },
  ]);
  const [, back] = news;
  const toldMs = back?.status === 'back' ? back.downMs : 0;
  t.ok(toldMs >= Math.floor(downMsMin) && toldMs <= downMsMax, `${toldMs} ms`);
});

await test('a Redis that does not answer is told of like one that is away', async (t) => {
  const redis = await redisFor(t);
  const { news } = await listenedTo(t, redis);
  await redis.pause();
  await until(() => news.length > 0, { what: 'the outage to be told', withinMs: 5_000 });
  redis.resume();
  await until(() => news.length > 1, { what: 'its end to be told', withinMs: 5_000 });
  t.match(news, [{ status: 'down', reason: /PING was not answered/ }, { status: 'back' }]);
});

await test('that Redis is there and not to be used is told, without a secret', async (t) => {
  const redis = await redisFor(t);
  await redis.command('ACL', 'SETUSER', 'chat', 'on', '>secret', '~sc:*', '+@all');
  const url = `redis://chat:secret@127.0.0.1:${redis.port}`;
  const { news } = await listenedTo(t, redis, { url });
  await redis.command('ACL', 'SETUSER', 'chat', 'resetpass', '>another');
  await redis.command('CLIENT', 'KILL', 'USER', 'chat');
  await until(() => news.length > 1, { what: 'the refusal to be told', withinMs: 5_000 });
  await redis.command('ACL', 'SETUSER', 'chat', '>secret');
  await until(() => news.length > 2, { what: 'its end to be told', withinMs: 5_000 });
  t.match(news, [
    { status: 'down', reason: /was lost/ },
    { status: 'down', reason: /WRONGPASS/ },
    { status: 'back' },
  ]);
  t.notMatch(JSON.stringify(news), /secret/);
});

await test('a link that is left for another, or closed, is no outage', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { stores, news } = await listenedTo(t, proxy);
  const journal = new Journal(stores.events.writer('a', 1));
  await redis.command('REPLICAOF', '127.0.0.1', '1');
  const { total } = proxy.connections;
  await until(
    async () => {
      t.match(await journal.say(), { status: 'unavailable' });
      return proxy.connections.total > total;
    },
    { what: 'the link to be made anew', withinMs: 10_000 },
  );
  await stores.events.head(0);
  await stores.close();
  t.same(news, []);
});

/** Stores in a Redis, and what they tell of their link to it. */
async function listenedTo(
  t: Test,
  where: { readonly port: number },
  options: Partial<RedisStoreOptions> = {},
): Promise<{ readonly stores: Stores; readonly news: readonly LinkNews[] }> {
  const news: LinkNews[] = [];
  const stores = await opened(t, where, { ...options, onLink: (told) => news.push(told) });
  return { stores, news };
}
