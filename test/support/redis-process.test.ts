import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { test, type Test } from 'tap';
import { endsWithThisProcess } from './reaper.ts';
import { startRedis } from './redis-process.ts';
import { redisProgram } from './redis-program.ts';
import { until, within } from './until.ts';

await test('what was answered under AOF always is there after kill -9 and a restart', async (t) => {
  await using redis = await startRedis({ appendfsync: 'always' });
  const { port, pid } = redis;
  for (let i = 1; i <= 100; i++) await redis.command('XADD', 'log', `${i}-0`, 'text', `line ${i}`);
  await redis.kill9();
  t.notOk(isAlive(pid), 'the process is gone');
  await t.rejects(redis.command('PING'), 'and nobody answers in its place');
  await redis.restart();
  t.equal(redis.port, port);
  t.not(redis.pid, pid);
  t.equal(await redis.command('XLEN', 'log'), 100);
  t.strictSame(await redis.command('CONFIG', 'GET', 'appendfsync'), ['appendfsync', 'always']);
});

await test('a paused Redis takes connections and answers only when it goes on', async (t) => {
  await using redis = await startRedis();
  await redis.pause();
  const socket = connect(redis.port, '127.0.0.1').setEncoding('utf8');
  t.teardown(() => socket.destroy());
  await within(once(socket, 'connect'), 5_000, 'a connection to the paused Redis');
  const reply = once(socket, 'data');
  socket.write('PING\r\n');
  await t.rejects(within(reply, 300, 'PONG'), 'it hangs');
  redis.resume();
  t.strictSame(await within(reply, 5_000, 'PONG'), ['+PONG\r\n']);
});

await test('stop ends a paused Redis too, and a restart finds its data', async (t) => {
  await using redis = await startRedis();
  await redis.command('SET', 'colour', 'blue');
  await redis.pause();
  await redis.stop();
  t.notOk(isAlive(redis.pid));
  await redis.stop();
  await redis.restart();
  t.equal(await redis.command('GET', 'colour'), 'blue');
});

await test('several run beside each other, with arguments of their own', async (t) => {
  await using first = await startRedis({ args: ['--maxmemory', '32mb'] });
  await using second = await startRedis({ args: ['--appendonly', 'no'] });
  t.not(first.port, second.port);
  t.strictSame(await first.command('CONFIG', 'GET', 'maxmemory'), ['maxmemory', '33554432']);
  t.strictSame(await second.command('CONFIG', 'GET', 'appendonly'), ['appendonly', 'no']);
});

await test('the process and its own folder are gone after disposal', async (t) => {
  const redis = await startRedis();
  t.ok(existsSync(join(redis.dir, 'appendonlydir')), 'the append-only file is in its folder');
  await redis[Symbol.asyncDispose]();
  t.notOk(isAlive(redis.pid));
  t.notOk(existsSync(redis.dir));
});

await test('a folder that was given stays, and another Redis can start on it', async (t) => {
  const dir = folder(t);
  const first = await startRedis({ dir });
  await first.command('SET', 'colour', 'green');
  await first[Symbol.asyncDispose]();
  await using second = await startRedis({ dir });
  t.equal(await second.command('GET', 'colour'), 'green');
});

await test('a Redis that does not come up is an error with its reason', async (t) => {
  await t.rejects(startRedis({ args: ['--no-such-setting', '1'] }), { message: /no-such-setting/ });
  await using redis = await startRedis();
  await t.rejects(startRedis({ port: redis.port }), { message: /Address already in use/i });
});

await test('a Redis ends with the process that started it, even if that is killed', async (t) => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const { owner, port } = await startOwner(folder(t));
    owner.kill(signal);
    await until(async () => !(await isListening(port)), {
      what: `Redis to end after its owner's ${signal}`,
      withinMs: 5_000,
    });
  }
});

await test('a Redis in use does not keep its owner alive', async (t) => {
  const { owner, input, port } = await startOwner(folder(t));
  const exit = once(owner, 'exit');
  input.end();
  t.strictSame(await within(exit, 5_000, 'the owner to end'), [0, null]);
  await until(async () => !(await isListening(port)), { what: 'Redis to end', withinMs: 5_000 });
});

await test('the search for a server says what is wrong with its wishes', async (t) => {
  const script = join(process.cwd(), 'scripts', 'redis-server.mjs');
  const search = async (args: string[], named: string): Promise<unknown> =>
    promisify(execFile)(process.execPath, [script, ...args], {
      env: { ...process.env, SECURECHAT_REDIS_SERVER: named },
    });
  await t.rejects(search([], '/nowhere/redis-server'), {
    code: 1,
    stderr: /SECURECHAT_REDIS_SERVER names \/nowhere\/redis-server, which does not run/,
  });
  await t.rejects(search(['--which', 'redis5'], ''), {
    code: 1,
    stderr: /^--which is one of redis7, redis8, valkey8\n$/,
  });
  const path = await redisProgram();
  t.match(await search([], path), { stdout: `${path}\n` });
});

/** A process that starts a Redis, tells its port, and ends when its input does. */
async function startOwner(
  dir: string,
): Promise<{ owner: ChildProcess; input: Writable; port: number }> {
  const module = new URL('redis-process.js', import.meta.url).href;
  const program = `
    const { startRedis } = await import(${JSON.stringify(module)});
    const redis = await startRedis({ dir: ${JSON.stringify(dir)} });
    console.log(redis.port);
    process.stdin.resume();`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endsWithThisProcess(owner);
  const lines = createInterface(owner.stdout);
  const ended = once(owner, 'exit').then(([code]) =>
    Promise.reject(new Error(`it ended (${code})`)),
  );
  const line = Promise.race([once(lines, 'line'), ended]);
  const port = Number((await within(line, 30_000, 'the port of a Redis'))[0]);
  if (!(await isListening(port))) throw new Error(`nobody listens on ${port}`);
  return { owner, input: owner.stdin, port };
}

/** Not tap's own, which is the same for two runs of this file at once. */
function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-test-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A process whose parent was killed can stay as a zombie, but its port is free. */
async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const connected = once(socket, 'connect').then(
    () => true,
    () => false,
  );
  return connected.finally(() => socket.destroy());
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
