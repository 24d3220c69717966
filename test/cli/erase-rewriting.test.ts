import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openRedis } from '../../adapters/redis/event-store.ts';
import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { bytesIn, bytesOf, plainFiles } from '../cluster/file-bytes.ts';
import { recoveredTexts } from '../cluster/recovered-texts.ts';
import { says, write } from '../support/memory-history.ts';
import { type RedisProcess, startRedis } from '../support/redis-process.ts';
import { until } from '../support/until.ts';
import { runCli, startCli } from './cli-process.ts';

/** An erasure takes six seconds; the rest is for a busy machine. */
const withinMs = 30_000;
const said = 'a word of carol about the heron';
const receipt = /^Not reached by this:\n(- .*\n)+$/m;

await test('an erasure waits for the rewriting that is under way, and has another one begun', async (t) => {
  await using redis = await startRedis();
  const { cwd, env, erase } = await withCarol(t, redis);
  // So slow that it does not end before it is stopped.
  await redis.command('CONFIG', 'SET', 'rdb-key-save-delay', 1_000_000);
  await redis.command('BGREWRITEAOF');
  const forked = await forkOf(redis);
  process.kill(forked, 'SIGSTOP');
  await redis.command('CONFIG', 'SET', 'rdb-key-save-delay', 0);
  await using cli = startCli(erase, { cwd, env });
  await until(() => cli.output.stderr !== '', { what: 'a word of waiting', withinMs });
  t.equal(cli.output.stderr, 'Waiting for the store to begin to rewrite its files …\n');
  t.match(cli.output.stdout, receipt, 'the receipt is there before');
  t.equal(await forkOf(redis), forked, 'the one that was under way goes on');
  process.kill(forked, 'SIGKILL');
  t.match(await cli.ended(), { code: 0 });
  await until(async () => /aof_last_bgrewrite_status:ok/.test(await persistence(redis)), {
    what: 'another rewriting to succeed',
    withinMs,
  });
});

await test('an erasure whose store does not rewrite its files prints its receipt, and says what to do', async (t) => {
  await using redis = await startRedis();
  const { cwd, env, erase } = await withCarol(t, redis);
  await redis.command('ACL', 'SETUSER', 'default', '-bgrewriteaof');
  const end = await runCli(erase, { cwd, env });
  t.match(end, {
    code: 1,
    stdout: receipt,
    stderr:
      /^securechat: One thing is left to do: Redis's append-only file, for BGREWRITEAOF did not begin \(NOPERM.* run that in Redis, or this command again\.\n$/,
  });
  await redis.command('ACL', 'SETUSER', 'default', '+bgrewriteaof');
  t.match(await runCli(erase, { cwd, env }), { code: 0, stdout: receipt, stderr: '' });
});

await test('of a Redis without an append-only file an erasure has the dump written anew', async (t) => {
  await using redis = await startRedis({ args: ['--appendonly', 'no', ...plainFiles] });
  const { cwd, env, erase } = await withCarol(t, redis, ['--accept-loss']);
  const master = join(cwd, 'master.key');
  const options = { master: { file: master, make: false }, seals: true };
  const stores = await sealStores(await openRedis({ url: redis.url, acceptLoss: true }), options);
  await write(stores.events, [says('carol', said)], { now: Date.now() });
  await stores.close();
  t.same(recoveredTexts(await bytesOf(redis), master), [said]);
  const before = readFileSync(master);
  await redis.command('ACL', 'SETUSER', 'default', '-bgsave');
  t.match(await runCli(erase, { cwd, env }), {
    code: 1,
    stdout: receipt,
    stderr:
      /^securechat: One thing is left to do: Redis's dump, for BGSAVE did not begin \(NOPERM/m,
  });
  await redis.command('ACL', 'SETUSER', 'default', '+bgsave');
  t.match(await runCli(erase, { cwd, env }), { code: 0, stdout: receipt });
  await until(async () => /rdb_bgsave_in_progress:0/.test(await persistence(redis)), {
    what: 'the dump to be written',
    withinMs,
  });
  const left = await bytesIn(redis.dir);
  t.same(recoveredTexts(left, master), [], 'with the present master key nobody reads it');
  writeFileSync(master, before);
  t.same(recoveredTexts(left, master), [], 'nor with the one before');
  t.notOk(existsSync(join(redis.dir, 'appendonlydir')), 'and no file is made that nobody reads');
});

/** A log with an account, and what erases it. */
async function withCarol(t: Test, redis: RedisProcess, options: readonly string[] = []) {
  const cwd = t.testdir();
  const env = { REDIS_URL: redis.url };
  writeFileSync(join(cwd, 'master.key'), masterKeysText([newMasterKey()]), { mode: 0o600 });
  const added = await runCli(['user', 'add', 'carol', ...options], {
    cwd,
    env,
    input: 'password1\n',
  });
  t.match(added, { code: 0 });
  const erase = ['user', 'erase', 'carol', '--yes', '--master-key-file', 'master.key', ...options];
  return { cwd, env, erase };
}

async function persistence(redis: RedisProcess): Promise<string> {
  return String(await redis.command('INFO', 'persistence'));
}

/** The process that rewrites. */
async function forkOf(redis: RedisProcess): Promise<number> {
  const find = async (): Promise<number | undefined> => {
    if (!/aof_rewrite_in_progress:1/.test(await persistence(redis))) return undefined;
    const all = execFileSync('ps', ['-A', '-o', 'ppid=', '-o', 'pid='], { encoding: 'utf8' });
    const found = new RegExp(`^ *${redis.pid} +(\\d+)$`, 'm').exec(all);
    return found === null ? undefined : Number(found[1]);
  };
  return await until(find, { what: 'a rewriting to be under way', withinMs });
}
