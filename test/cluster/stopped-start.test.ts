import { test } from 'tap';

import { leaseKey, streamKey } from '../../adapters/redis/keys.ts';
import { type CliProcess, runCli, startCli, startServe } from '../cli/cli-process.ts';
import { freePort } from '../support/free-port.ts';
import { type RedisProcess, startRedis } from '../support/redis-process.ts';
import { startReplicatedRedis } from '../support/replicated-redis.ts';
import { until } from '../support/until.ts';

const withinMs = 30_000;
const name = 'north';

const anyPort = async (): Promise<readonly string[]> => [
  '--port',
  String(await freePort()),
  '--name',
  name,
];

await test('a start that no replica confirms says what it waits for, ends, and leaves a start and its end', async (t) => {
  await using pair = await startReplicatedRedis();
  const { primary, replica } = pair;
  const options = { cwd: t.testdir(), env: { REDIS_URL: primary.url } };
  const args = [...(await anyPort()), '--replicas', '1'];
  // Without a log there is nothing that a server could be started in.
  await using first = await startServe(args, options);
  first.child.kill('SIGTERM');
  await first.ended();
  const before = await lengthOf(primary);
  await replica.pause();
  const { code, stderr, stdout } = await runCli(['serve', ...args], options);
  t.match(stderr, 'Waiting for a replica to confirm the start of north …');
  t.match(
    stderr,
    /\nsecurechat: The start was not confirmed within 10 s: 0 of the 1 replicas that are to have it do\. .* less than --replicas 1\.\n$/,
  );
  t.equal(stderr.match(/Waiting for/g)?.length, 1, 'it says so once');
  t.equal(stdout, '');
  t.equal(code, 1);
  t.equal((await lengthOf(primary)) - before, 2, 'ServerStarted and ServerStopped');
  t.equal(await primary.command('EXISTS', leaseKey(0, name)), 0, 'the name is free');

  await using waiting = startCli(['serve', ...args], options);
  await says(waiting, 'Waiting for a replica');
  replica.resume();
  await until(() => waiting.output.stdout.includes('Ctrl-C\n'), { what: 'the banner', withinMs });
  t.equal((await lengthOf(primary)) - before, 3, 'what has begun is not begun again');
});

await test('Ctrl-C while a start waits for its replicas ends it, and lets go of the name', async (t) => {
  await using pair = await startReplicatedRedis();
  const { primary, replica } = pair;
  await replica.pause();
  const env = { REDIS_URL: primary.url };
  const args = [...(await anyPort()), '--replicas', '1'];
  await using serve = startCli(['serve', ...args], { cwd: t.testdir(), env });
  await says(serve, 'Waiting for a replica');
  await stopsPlainly(serve, 'SIGINT');
  t.equal(await primary.command('EXISTS', leaseKey(0, name)), 0);
  t.ok((await lengthOf(primary)) <= 2);
});

await test('a signal while a start waits for its name, or for its Redis, ends it', async (t) => {
  await using redis = await startRedis();
  const options = { cwd: t.testdir(), env: { REDIS_URL: redis.url } };
  await using holder = await startServe(await anyPort(), options);
  await using second = startCli(['serve', ...(await anyPort())], options);
  await says(second, 'Waiting for the name north');
  await stopsPlainly(second, 'SIGTERM');
  t.equal(holder.child.exitCode, null, 'the one that has the name keeps it');
  await redis.pause();
  await using third = startCli(['serve', ...(await anyPort())], options);
  await says(third, `Waiting for the Redis at ${redis.url}`);
  t.match(await third.ended(), { code: 1, stderr: `No Redis answers at ${redis.url}` });
  redis.resume();
});

async function says(serve: CliProcess, words: string): Promise<void> {
  await until(() => serve.output.stderr.includes(words), { what: words, withinMs });
}

/** With exit code 0 and a last line, as a server that serves. */
async function stopsPlainly(serve: CliProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  serve.child.kill(signal);
  const { code, stdout } = await serve.ended();
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0 || !last.startsWith('Stopped'))
    throw new Error(`it ended with ${code}, and said last: ${last}`);
}

async function lengthOf(redis: RedisProcess): Promise<number> {
  return Number(await redis.command('XLEN', streamKey(0, `server:${name}`)));
}
