import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openRedis } from '../../adapters/redis/event-store.ts';
import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { runCli } from '../cli/cli-process.ts';
import { says, write } from '../support/memory-history.ts';
import { until } from '../support/until.ts';
import { startRedisCluster } from './cluster.ts';
import { bytesOf, rewritten } from './file-bytes.ts';
import { recoveredTexts } from './recovered-texts.ts';

const longAgo = Date.UTC(2026, 0, 15);
const saidThen = 'the heron was here in the winter';
const saidNow = 'the heron is back';
/** Far less than the hour after which a server would look in any case. */
const withinMs = 10_000;

await test('what a room no longer keeps is gone as soon as that is said, from every server and from Redis’s files', async (t) => {
  await using log = await logWithWinter(t);
  const { cluster, args } = log;
  for (const _ of [0, 1]) await cluster.startServer({ args });
  const alice = await cluster.login('alice', 0);
  const bob = await cluster.login('bob', 1);
  alice.send(saidNow);
  await bob.sees(`[lobby] alice: ${saidNow}`);
  for (const client of [alice, bob]) {
    client.send('/history');
    await client.seesMatching((line) => line.endsWith(` alice: ${saidThen}`));
  }
  t.same(await log.recovered(), [saidNow, saidThen], 'the master key opens both');
  await log.retain();
  for (const client of [alice, bob])
    await until(
      async () => {
        client.send('/history');
        const { line } = await client.seesMatching(/^(?:#\d+|What was said) /);
        return line.startsWith('What was said');
      },
      { what: 'the history to say that it has a gap', withinMs },
    );
  await log.hasOnly([saidNow]);
});

await test('should the server be killed before Redis has rewritten its files, the next one has it done', async (t) => {
  await using log = await logWithWinter(t);
  const { cluster, args } = log;
  const server = await cluster.startServer({ args });
  await cluster.redis.command('ACL', 'SETUSER', 'default', '-bgrewriteaof');
  await log.retain();
  const isDestroyed = (): boolean => server.output.stderr.includes('a room’s text has expired');
  await until(isDestroyed, { what: 'the key to be destroyed', withinMs });
  await server.kill9();
  t.same(await log.recovered(), [saidThen], 'the wrapped key is in the file');
  await cluster.redis.command('ACL', 'SETUSER', 'default', '+bgrewriteaof');
  await cluster.startServer({ args });
  await log.hasOnly([]);
});

/** A log in a Redis in which something was said so long ago that a room may keep it no longer. */
async function logWithWinter(t: Test) {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-expiry-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const file = join(dir, 'master.key');
  await writeFile(file, masterKeysText([newMasterKey()]), { mode: 0o600 });
  const args = ['--master-key-file', file];
  const cluster = await startRedisCluster({ servers: 0 });
  const { redis } = cluster;
  await redis.command('CONFIG', 'SET', 'rdbcompression', 'no');
  const options = { master: { file, make: false }, seals: true };
  const stores = await sealStores(await openRedis({ url: redis.url }), options, () => longAgo);
  await write(stores.events, [says('alice', saidThen)], { now: longAgo });
  await stores.close();
  /** What the master key opens in Redis's files. */
  const recovered = async (): Promise<readonly string[]> =>
    recoveredTexts(await bytesOf(redis), file);
  return {
    cluster,
    args,
    recovered,
    async retain(): Promise<void> {
      const env = { REDIS_URL: redis.url };
      const retained = await runCli(['room', 'retain', 'lobby', '1', ...args], { cwd: dir, env });
      t.match(retained, { code: 0, stderr: '' });
    },
    hasOnly(texts: readonly string[]): Promise<unknown> {
      const isSo = async (): Promise<boolean> => {
        await rewritten(redis);
        return (await recovered()).join() === texts.join();
      };
      return until(isSo, { what: 'nobody to recover what the room no longer keeps', withinMs });
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
