import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import type { LinkNews, Stores } from '../../../core/stores.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { allRecords, follow, holds, opened, redisFor } from './opened.ts';

const backWithinMs = 5_000;
const noticedWithinMs = 5_000;
const down = ({ status }: LinkNews): boolean => status === 'down';

for (const [unfitness, setting, unfit, fit, says] of [
  ['forgetful', 'appendonly', 'no', 'yes', /no append-only file.*CONFIG SET appendonly yes/],
  ['evicting', 'maxmemory-policy', 'allkeys-lru', 'noeviction', /maxmemory-policy allkeys-lru/],
] as const)
  await test(`a Redis that a hand makes ${unfitness} is not used until it is mended`, async (t) => {
    const { redis, stores, news } = await listenedTo(t);
    const collector = follow(stores);
    const journal = new Journal(stores.events.writer('a', 1));
    await journal.sayMany(10);
    await redis.command('CONFIG', 'SET', setting, unfit);
    await until(() => stores.unfit?.() === unfitness, {
      what: 'the change to be noticed',
      withinMs: noticedWithinMs,
    });
    const refused = { status: 'unavailable', reason: 'disconnected' };
    t.same(await journal.sayMany(3), [refused, refused, refused]);
    await until(() => news.some(down), { what: 'it to be told', withinMs: noticedWithinMs });
    await redis.command('CONFIG', 'SET', setting, fit);
    await appendsAgain(journal);
    await holds(collector, journal.count('appended') + 1);
    t.same(journal.faults(await allRecords(stores)), []);
    t.match(news, [{ status: 'down', reason: says }, { status: 'back' }]);
    t.equal(stores.unfit?.(), undefined);
  });

await test('a Redis that comes back without its file is left as it is, and its log goes on with it', async (t) => {
  const { redis, stores, news } = await listenedTo(t, { config: withFile('yes') });
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  writeFileSync(join(redis.dir, 'redis.conf'), withFile('no').join('\n'));
  await redis.restart();
  await until(() => news.filter(down).length > 1, {
    what: 'it to be told',
    withinMs: noticedWithinMs,
  });
  t.equal(stores.unfit?.(), 'forgetful');
  t.match(await journal.say(), { status: 'unavailable' });
  t.equal(await redis.command('DBSIZE'), 0, 'nothing is written to it');
  writeFileSync(join(redis.dir, 'redis.conf'), withFile('yes').join('\n'));
  await redis.restart();
  await appendsAgain(journal);
  await holds(collector, journal.count('appended') + 1);
  t.same(journal.faults(await allRecords(stores)), []);
  t.same(collector.faults, []);
  t.equal((await allRecords(stores)).filter(({ stream }) => stream === 'epoch').length, 1);
  const told = news.map((one) => (one.status === 'down' ? one.reason : one.status));
  t.match(told, [/was lost/, /came back empty.*start it with appendonly yes/, 'back']);
});

await test('a loss that is accepted is accepted of a Redis that comes back as well', async (t) => {
  const { redis, stores, news } = await listenedTo(t, {}, { acceptLoss: true });
  const journal = new Journal(stores.events.writer('a', 1));
  await redis.command('CONFIG', 'SET', 'appendonly', 'no');
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  await until(() => news.length === 3, { what: 'a word on it', withinMs: noticedWithinMs });
  await appendsAgain(journal);
  t.match(
    news.find(({ status }) => status === 'warning'),
    { words: /when it stops, what was said is lost/ },
  );
});

await test('what can no longer be looked at is told once, and not taken for a fault', async (t) => {
  const { redis, stores, news } = await listenedTo(t, {}, { user: 'chat' });
  const journal = new Journal(stores.events.writer('a', 1));
  await redis.command('ACL', 'SETUSER', 'chat', '-info', '-config');
  for (let outage = 1; outage <= 2; outage++) {
    await redis.command('CLIENT', 'KILL', 'USER', 'chat');
    await until(() => news.filter(({ status }) => status === 'back').length === outage, {
      what: 'the link to be back',
      withinMs: backWithinMs,
    });
    t.match(await journal.say(), { status: 'appended' });
  }
  const warnings = news.filter(({ status }) => status === 'warning');
  t.match(warnings, [{ words: /INFO.*could not be checked/ }]);
  t.equal(warnings.length, 1);
});

function withFile(appendonly: 'yes' | 'no'): readonly string[] {
  return [`appendonly ${appendonly}`, 'appendfsync always', 'save ""'];
}

interface Listened {
  readonly redis: RedisProcess;
  readonly stores: Stores;
  /** What was told of the link, oldest first. */
  readonly news: readonly LinkNews[];
}

/** Stores in a Redis of their own, as another user where one is named. */
async function listenedTo(
  t: Test,
  ofRedis: Parameters<typeof redisFor>[1] = {},
  { acceptLoss = false, user }: { readonly acceptLoss?: boolean; readonly user?: string } = {},
): Promise<Listened> {
  const redis = await redisFor(t, ofRedis);
  const news: LinkNews[] = [];
  const onLink = (told: LinkNews): void => void news.push(told);
  if (user === undefined)
    return { redis, news, stores: await opened(t, redis, { acceptLoss, onLink }) };
  await redis.command('ACL', 'SETUSER', user, 'on', '>secret', '~sc:*', '+@all');
  const url = `redis://${user}:secret@127.0.0.1:${redis.port}`;
  return { redis, news, stores: await opened(t, redis, { url, acceptLoss, onLink }) };
}

async function appendsAgain(journal: Journal): Promise<void> {
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'writers to be served again',
    withinMs: backWithinMs,
  });
}
