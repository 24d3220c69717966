import { type Test, test } from 'tap';

import { parseAddress } from '../../../adapters/redis/address.ts';
import { openRedis, type RedisStoreOptions } from '../../../adapters/redis/event-store.ts';
import { settingAdvice } from '../../../adapters/redis/setting-advice.ts';
import { freePort } from '../../support/free-port.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { opened, proxyFor, redisFor } from './opened.ts';
import { tlsFor } from './redis-over-tls.ts';

/** One sentence, or two clauses of one: no stack, no list. */
const plain = /^[A-Z][^\n]{20,250}\.?$/;

async function refused(
  t: Test,
  options: RedisStoreOptions,
  name: 'StoreUnusable' | 'StoreUnreachable',
  ...says: readonly RegExp[]
): Promise<void> {
  for (const message of [plain, ...says]) {
    await t.rejects(openRedis(options), { name, message }, String(message));
  }
}

/** What redis-cli is to be told, by the sentence with which a Redis was refused. */
async function advised(options: RedisStoreOptions): Promise<readonly string[]> {
  const { port } = new URL(options.url);
  const said = await openRedis(options).then(() => 'it was opened', String);
  const [, line = said] = /: (redis-cli .*)$/.exec(said) ?? [];
  return line
    .split(' && ')
    .map((command) => command.replace(`redis-cli -h 127.0.0.1 -p ${port} `, ''));
}

await test('an address that is none of a Redis is refused, and not repeated', async (t) => {
  const urls = ['', 'nonsense', 'http://127.0.0.1', 'redis://', 'redis://host/name', '127.0.0.1'];
  for (const url of urls) await refused(t, { url }, 'StoreUnusable', /redis:\/\//);
  const error = await openRedis({ url: 'redis://user:secret%@host/x' }).catch(String);
  t.notMatch(error, /secret/);
  const other = await openRedis({ url: 'redis://user:secret%zz@host' }).catch(String);
  t.match(other, /%25/);
  t.notMatch(other, /secret/);
});

await test('where nobody listens, it is said where that was', async (t) => {
  const port = await freePort();
  const url = `redis://someone:secret@127.0.0.1:${port}/2`;
  const at = new RegExp(`redis://127\\.0\\.0\\.1:${port}/2`);
  await refused(t, { url }, 'StoreUnreachable', at, /ECONNREFUSED/);
  t.notMatch(await openRedis({ url }).catch(String), /secret|someone/);
});

await test('a Redis whose connection is lost once while it is being opened is opened all the same', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  let dropped = 0;
  proxy.dropReplies((_, request) => /script/i.test(request.toString('latin1')) && ++dropped === 1);
  const { events } = await opened(t, proxy);
  t.equal(dropped > 1, true);
  t.match(await events.head(0), { position: 1 });
});

await test('a Redis that is lost while it is being opened is named too', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  proxy.dropReplies((_, request) => /script/i.test(request.toString('latin1')));
  await t.rejects(openRedis({ url: `redis://127.0.0.1:${proxy.port}` }), {
    name: 'StoreUnreachable',
    message: new RegExp(
      `^The Redis at redis://127\\.0\\.0\\.1:${proxy.port} no longer answers \\(.+\\): see to it`,
    ),
  });
});

await test('a Redis that takes a connection and says nothing is given up', async (t) => {
  const redis = await redisFor(t);
  await redis.pause();
  await t.rejects(openRedis({ url: redis.url }), { name: 'StoreUnreachable' });
  redis.resume();
});

await test('a password that is wanted, or wrong, is spoken of but not shown', async (t) => {
  const redis = await redisFor(t, { args: ['--requirepass', 'right'] });
  const at = (credentials: string): RedisStoreOptions => ({
    url: `redis://${credentials}127.0.0.1:${redis.port}`,
  });
  await refused(t, at(''), 'StoreUnusable', /wants a password: .*REDIS_URL.*SECURECHAT_REDIS_FILE/);
  await refused(t, at(':wrong@'), 'StoreUnusable', /does not accept/);
  t.notMatch(await openRedis(at(':wrong@')).catch(String), /wrong/);
  const stores = await openRedis(at(':right@'));
  t.equal((await stores.events.head(0)).position, 1);
  await stores.close();
});

await test('a user and a password with special characters are understood', async (t) => {
  const redis = await redisFor(t);
  await redis.command('ACL', 'SETUSER', 'chat', 'on', '>p@ss:/%w', '~sc:*', '+@all');
  const url = `redis://chat:${encodeURIComponent('p@ss:/%w')}@127.0.0.1:${redis.port}`;
  const stores = await openRedis({ url });
  await stores.close();
});

await test('a database that does not exist is refused, and no other is used', async (t) => {
  const redis = await redisFor(t);
  await refused(t, { url: `${redis.url}/99` }, 'StoreUnusable', /out of range/);
  t.equal(await redis.command('DBSIZE'), 0);
  const stores = await openRedis({ url: `${redis.url}/3` });
  await stores.close();
  t.equal(await redis.command('DBSIZE'), 0);
});

await test('a Redis without an append-only file is refused, unless the loss is accepted', async (t) => {
  const redis = await redisFor(t, { args: ['--appendonly', 'no'] });
  const options = { url: redis.url };
  await refused(t, options, 'StoreUnusable', /--accept-loss/, /appendonly yes into its redis.conf/);
  const { warnings } = await opened(t, redis, { acceptLoss: true });
  t.match(warnings, [/lost/]);
  t.equal(warnings.length, 1);
  t.same(await advised(options), [`CONFIG SET appendonly yes`]);
  await redis.command('CONFIG', 'SET', 'appendonly', 'yes');
  t.same((await opened(t, redis)).warnings, []);
});

await test('a Redis that throws data away when it is full is refused', async (t) => {
  const redis = await redisFor(t, { args: ['--maxmemory-policy', 'allkeys-lru'] });
  const options = { url: redis.url, acceptLoss: true };
  await refused(t, options, 'StoreUnusable', /allkeys-lru/, /noeviction into its redis.conf/);
  t.same(await advised(options), ['CONFIG SET maxmemory-policy noeviction']);
});

await test('what is advised makes a Redis fit for good, if it was started with a file', async (t) => {
  const redis = await redisFor(t, {
    config: ['appendonly no', 'save ""', 'maxmemory-policy allkeys-lru'],
  });
  for (const setting of ['maxmemory-policy noeviction', 'appendonly yes']) {
    const commands = await advised({ url: redis.url });
    t.same(commands, [`CONFIG SET ${setting}`, 'CONFIG REWRITE']);
    for (const command of commands) {
      const [name = '', ...args] = command.split(' ');
      await redis.command(name, ...args);
    }
  }
  await until(async () => /aof_rewrite_in_progress:0/.test(await persistence(redis)), {
    what: 'the append-only file to be begun, before which Redis does not stop',
    withinMs: 10_000,
  });
  await redis.restart();
  t.same((await opened(t, redis)).warnings, []);
});

await test('what is advised leads to the Redis that is meant, and holds no password', async (t) => {
  const redis = await redisFor(t, { args: ['--appendonly', 'no', '--requirepass', 'secret'] });
  const said = await openRedis({ url: `redis://:secret@localhost:${redis.port}` }).catch(String);
  t.match(said, ` -h localhost -p ${redis.port} --askpass CONFIG SET `);
  t.notMatch(said, /secret/);
  const lines = {
    'redis://127.0.0.1/3': 'redis-cli CONFIG SET a b',
    'redis://127.0.0.1:6380': 'redis-cli -h 127.0.0.1 -p 6380 CONFIG SET a b',
    'rediss://[::1]': 'redis-cli -h ::1 -p 6379 --tls CONFIG SET a b',
  };
  for (const [url, line] of Object.entries(lines)) {
    t.ok(settingAdvice(parseAddress(url), 'a b', '').endsWith(`run: ${line}`), line);
  }
});

await test('a replica is refused, and its primary named', async (t) => {
  const redis = await redisFor(t);
  await redis.command('REPLICAOF', '127.0.0.1', '6399');
  await refused(t, { url: redis.url }, 'StoreUnusable', /replica/, /127\.0\.0\.1:6399/);
});

await test('a node of a cluster is refused', async (t) => {
  const redis = await redisFor(t, { args: ['--cluster-enabled', 'yes'] });
  await refused(t, { url: redis.url }, 'StoreUnusable', /Cluster/);
});

await test('what may not be looked at is reported, and not taken for granted', async (t) => {
  const redis = await redisFor(t);
  const user = ['on', '>secret', '~sc:*', '+@all'] as const;
  await redis.command('ACL', 'SETUSER', 'some', ...user, '-config');
  await redis.command('ACL', 'SETUSER', 'less', ...user, '-config', '-info');
  await redis.command('CONFIG', 'SET', 'appendfsync', 'no');
  t.match((await opened(t, redis)).warnings, [/leaves it to the system/]);
  const url = (name: string): string => `redis://${name}:secret@127.0.0.1:${redis.port}`;
  t.match((await opened(t, redis, { url: url('some') })).warnings, [/could not be checked/]);
  t.match((await opened(t, redis, { url: url('less') })).warnings, [/INFO.*not be checked/]);
});

await test('a log of a later format is refused', async (t) => {
  const redis = await redisFor(t);
  await redis.command('HSET', 'sc:{0}:meta', 'format', '2', 'partitions', '1');
  await refused(t, { url: redis.url }, 'StoreUnusable', /format 2/);
});

await test('the number of partitions is fixed when the log is made', async (t) => {
  const redis = await redisFor(t);
  t.equal((await opened(t, redis, { partitions: 3 })).events.info.partitions, 3);
  t.equal((await opened(t, redis)).events.info.partitions, 3);
  await refused(t, { url: redis.url, partitions: 4 }, 'StoreUnusable', /3 partitions, not 4/);
  const other = await redisFor(t);
  await opened(t, other);
  await refused(t, { url: other.url, partitions: 4 }, 'StoreUnusable', /has one partition, not 4/);
});

await test('several that open an empty Redis at once make one log', async (t) => {
  const redis = await redisFor(t);
  const stores = await Promise.all([1, 2, 3, 4].map(() => opened(t, redis)));
  const heads = await Promise.all(stores.map(({ events }) => events.head(0)));
  t.equal(new Set(heads.map(({ epoch }) => epoch)).size, 1);
  t.same(new Set(heads.map(({ position }) => position)), new Set([1]));
});

await test('a Redis is spoken to over TLS, if its certificate can be trusted', async (t) => {
  const redis = await redisFor(t);
  const { ca, port } = await tlsFor(t, redis);
  const url = `rediss://localhost:${port}`;
  await refused(t, { url }, 'StoreUnreachable', /certificate/);
  const stores = await openRedis({ url, ca });
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(100);
  t.same(journal.faults(await stores.events.readAll(0, 1, 1_000)), []);
  await stores.close();
  const unencrypted = `redis://localhost:${port}`;
  await refused(t, { url: unencrypted }, 'StoreUnreachable', /If it speaks TLS .* rediss:\/\//);
});

async function persistence(redis: RedisProcess): Promise<string> {
  return String(await redis.command('INFO', 'persistence'));
}
