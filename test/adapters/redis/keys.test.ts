import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'tap';

import type { Stores } from '../../../core/stores.ts';
import type { Commit } from '../../../core/event-store.ts';
import { commitTo, directMessagePosted, messagePosted } from '../../support/events.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { within } from '../../support/until.ts';
import { follow, holds, opened, redisFor } from './opened.ts';

interface Described {
  readonly key: string;
  readonly type: string;
  readonly pattern: RegExp;
}

/** The rows of the table in docs/redis-keys.md. */
const described: readonly Described[] = readFileSync(documentPath(), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, key, type] = /^\| `(sc:[^`]+)` \| (\w+) \|/.exec(line) ?? [];
    return key === undefined || type === undefined ? [] : [{ key, type, pattern: patternOf(key) }];
  });

for (const partitions of [1, 4]) {
  await test(`with ${partitions} partitions, Redis holds the keys that are described`, async (t) => {
    const redis = await redisFor(t);
    const stores = await opened(t, redis, { partitions });
    await useEverything(redis, stores, partitions);
    const keys = (await redis.command('KEYS', '*')) as string[];
    t.equal(described.length, 13);
    for (const key of keys) {
      const rows = described.filter(({ pattern }) => pattern.test(key));
      t.equal(rows.length, 1, `${key} is described once`);
      t.equal(await redis.command('TYPE', key), rows[0]?.type, key);
    }
    for (const { key, pattern } of described)
      t.ok(
        keys.some((each) => pattern.test(each)),
        key,
      );
  });
}

await test('no hash of a password is in a stream', async (t) => {
  const redis = await redisFor(t);
  await useEverything(redis, await opened(t, redis), 1);
  for (const key of (await redis.command('KEYS', '*')) as string[]) {
    if ((await redis.command('TYPE', key)) !== 'stream') continue;
    t.notMatch(JSON.stringify(await redis.command('XRANGE', key, '-', '+')), /argon2id/, key);
  }
});

await test('stores that are closed leave no group and no key of a tool, and connections', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const tool = stores.events.writer('tool', 0);
  await tool.append(commitTo('room:lobby', messagePosted('x')));
  await holds(collector, 2);
  t.equal(((await redis.command('KEYS', '*writer:tool:*')) as string[]).length, 1);
  await stores.close();
  await stores.close();
  t.same(await redis.command('KEYS', '*writer:tool:*'), []);
  t.same(await redis.command('XINFO', 'GROUPS', 'sc:{0}:log'), []);
  t.notMatch(String(await redis.command('CLIENT', 'LIST')), /securechat/);
  await t.rejects(stores.events.head(0), { name: 'StoreUnreachable', message: /closed/ });
  const late = stores.events.writer('late', 1).append(commitTo('room:x', messagePosted('x')));
  t.same(await late, { status: 'unavailable', reason: 'closed' });
});

await test('a process ends by itself once its stores are closed', async (t) => {
  const redis = await redisFor(t);
  const adapter = pathToFileURL(
    join(import.meta.dirname, '../../../adapters/redis/event-store.js'),
  );
  const program = `
    import { openRedis } from ${JSON.stringify(adapter.href)};
    const stores = await openRedis({ url: '${redis.url}' });
    const records = [];
    const subscriber = { onBatch: (batch) => records.push(...batch) };
    stores.events.subscribe('a:1', [{ partition: 0, position: 0 }], subscriber);
    const parts = [{ stream: 'room:x', expected: 'any', events: [] }];
    await stores.events.writer('a', 1).append({ parts });
    await stores.leases.take('a', 'token');
    await stores.close();
    console.log('closed');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => Number(code));
  await within(once(child.stdout, 'data'), 10_000, 'the stores to be closed');
  t.equal(await within(exited, 1_000, 'the process to end'), 0);
});

async function useEverything(
  redis: RedisProcess,
  stores: Stores,
  partitions: number,
): Promise<void> {
  const { events, leases, credentials, keys } = stores;
  const server = events.writer('a', 1);
  const tool = events.writer('tool', 0);
  for (let partition = 0; partition < partitions; partition++) {
    const numbered: Commit = {
      ...commitTo('room:lobby', messagePosted('hello')),
      partition,
      once: { session: 's1', sequence: 1 },
    };
    await server.append(numbered);
    await redis.command('HSET', `sc:{${partition}}:once:s1`, ':since', '1');
    await server.append({ ...numbered, once: { session: 's1', sequence: 2 } });
    await tool.append({
      ...commitTo('direct:a:b', directMessagePosted('a', 'b', 'hi')),
      partition,
    });
    await server.append({ partition, parts: [], ends: { server: 'lost', incarnation: 3 } });
  }
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    await leases.take(name, 'token');
    await credentials.put({ id: '1', user: name, hash: '$argon2id$v=19$', createdAt: 1 });
    await keys.change(`user:${name}`, undefined, 'wrapped');
  }
  await holdsAny(stores);
  for (let partition = 0; partition < partitions; partition++) {
    const { epoch } = await events.head(partition);
    await events.snapshots.keep(partition, { epoch, through: 1 }, []);
    await events.trim(partition, 2, epoch);
  }
}

/** A subscription leaves nothing but its group. */
async function holdsAny(stores: Stores): Promise<void> {
  await holds(follow(stores), 2);
}

function patternOf(key: string): RegExp {
  const escaped = key.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  const named = escaped
    .replace('{p}', '\\{\\d+\\}')
    .replace('{0}', '\\{0\\}')
    .replace('<stream>', '[a-z]+(:[^:]+)*')
    .replace(/<\w+>/g, '[^:]+');
  return new RegExp(`^${named}$`);
}

/** This file runs compiled, a level deeper than it stands. */
function documentPath(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'docs', 'redis-keys.md'))) folder = dirname(folder);
  return join(folder, 'docs', 'redis-keys.md');
}
