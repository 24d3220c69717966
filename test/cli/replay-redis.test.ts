import { Redis } from 'ioredis';
import { test } from 'tap';

import { openRedis } from '../../adapters/redis/event-store.ts';
import { copyable } from '../adapters/redis/copyable.ts';
import { says, write } from '../support/memory-history.ts';
import { startRedis } from '../support/redis-process.ts';
import { until } from '../support/until.ts';
import { story } from './chat-folder.ts';
import { runCli, startCli } from './cli-process.ts';

const sees = (is: () => boolean, what: string): Promise<unknown> =>
  until(is, { what, withinMs: 20_000 });

await test('a Redis without a log has none after it was looked for there', async (t) => {
  await using redis = await startRedis();
  const cwd = t.testdir({});
  const { code, stderr } = await runCli(['replay', '--redis', redis.url], { cwd });
  t.equal(code, 1);
  t.match(stderr, /^securechat: There is no log in the Redis at [^\n]*\n$/);
  const admin = new Redis(redis.url);
  t.strictSame(await admin.keys('*'), []);
  await admin.quit();
});

await test('a log in Redis of several partitions is one history, and reading it adds one record', async (t) => {
  await using redis = await startRedis();
  const cwd = t.testdir({});
  const partitions = 4;
  const stores = await openRedis({ url: redis.url, partitions });
  const talk = Array.from({ length: 3_000 }, (_, number) => says('alice', `line ${number}`));
  await write(stores.events, [...story.slice(0, 6), ...talk], { now: 0 });
  const recordsIn = async (): Promise<number> => {
    const heads = [0, 1, 2, 3].map((partition) => stores.events.head(partition));
    return (await Promise.all(heads)).reduce((sum, { position }) => sum + position, 0);
  };
  const before = await recordsIn();
  const { code, stdout, stderr } = await runCli(
    ['replay', '--room', 'lobby', '--types', 'MessagePosted', '--format', 'ndjson'],
    { cwd, env: { REDIS_URL: redis.url } },
  );
  t.equal(code, 0, stderr);
  const texts = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  t.strictSame(
    texts,
    talk.map((_, number) => `line ${number}`),
  );
  t.equal(await recordsIn(), before + 1);
  const then = await runCli(['replay', '--at', 'now'], { cwd, env: { REDIS_URL: redis.url } });
  t.match(
    then.stdout,
    /Online: 2\n {2}alice on north since .*, in lobby\n {2}bob .*follows alice\n/,
  );
  await stores.close();
});

await test('a log that is set back goes on for --follow from where it was set back to', async (t) => {
  const { redis, copy } = await copyable(t);
  const stores = await openRedis({ url: redis.url });
  t.teardown(() => stores.close());
  const say = (...texts: readonly string[]): Promise<void> =>
    write(
      stores.events,
      texts.map((text) => says('alice', text)),
      { now: 0 },
    );
  await say('one', 'two');
  await copy.take();
  const lost = Array.from({ length: 10 }, (_, number) => `lost ${number}`);
  await until(async () => (await stores.events.head(0)).position === 3, {
    what: 'the store to be back',
    withinMs: 20_000,
  });
  await say(...lost);
  await using following = startCli(['replay', '--follow', '--positions'], {
    cwd: t.testdir({}),
    env: { REDIS_URL: redis.url },
  });
  const shows = (text: string): Promise<unknown> =>
    until(() => following.output.stdout.includes(text), { what: text, withinMs: 20_000 });
  await shows('alice: lost 9');
  await copy.restore();
  await shows('the log was set back: from position 4 on it is another');
  await say('three');
  await shows('alice: three');
  following.child.kill('SIGINT');
  const { code, stdout } = await following.ended();
  t.equal(code, 0);
  const places = [...stdout.matchAll(/^ *(\d+) {2}\S/gm)].map(([, at]) => Number(at));
  t.strictSame(places.slice(-3), [14, 4, 5], 'the reading, the new epoch, and what was said in it');
});

await test('a Redis that does not answer for a while is waited for by --follow', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis[Symbol.asyncDispose]());
  const stores = await openRedis({ url: redis.url });
  t.teardown(() => stores.close());
  const say = (text: string): Promise<void> =>
    write(stores.events, [says('alice', text)], { now: 0 });
  await say('before');
  await using following = startCli(['replay', '--follow'], {
    cwd: t.testdir({}),
    env: { REDIS_URL: redis.url },
  });
  const { output } = following;
  await sees(() => output.stdout.includes('alice: before'), 'what was said');
  await redis.pause();
  await sees(() => output.stderr !== '', 'a word of waiting');
  redis.resume();
  await until(() => stores.events.head(0), { what: 'the store to be back', withinMs: 20_000 });
  await say('after');
  await sees(() => output.stdout.includes('alice: after'), 'what was said since');
  t.equal(output.stderr, 'securechat: The log cannot be reached now: it is waited for.\n');
  following.child.kill('SIGINT');
  t.equal((await following.ended()).code, 0);
});
