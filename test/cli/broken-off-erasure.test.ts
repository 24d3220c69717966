import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis } from '../support/redis-process.ts';
import { until } from '../support/until.ts';
import { clientOf, runCli, startCli, startServe } from './cli-process.ts';

const withinMs = 30_000;
const unfinished =
  'The erasure of alice was begun and is not finished, so what they wrote may still be read: run securechat user erase alice again.';

await test('an erasure that is broken off says that it is to be repeated, and so do others until it was', async (t) => {
  await using redis = await startRedis();
  const cwd = t.testdir();
  const env = { REDIS_URL: redis.url };
  writeFileSync(join(cwd, 'master.key'), masterKeysText([newMasterKey()]), { mode: 0o600 });
  const key = ['--master-key-file', 'master.key'];
  const ports = [await freePort(), await freePort()].map(String);
  await using first = await startServe(['--demo', '--port', ports[0] ?? '', ...key], { cwd, env });
  const alice = clientOf(t, ports[0] ?? '', cwd);
  alice.send('LOGIN alice password123', 'what is to be erased', '/history');
  await alice.seesMatching(/ alice: what is to be erased$/);
  first.child.kill();
  const erase = (user: string) => ['user', 'erase', user, '--yes', ...key];
  await runCli(['replay', '--format', 'csv', ...key], { cwd, env });
  await using cli = startCli(erase('alice'), { cwd, env });
  await until(() => cli.output.stdout !== '', { what: 'the key to be destroyed', withinMs });
  await redis.kill9();
  const end = await cli.ended();
  t.equal(end.code, 1);
  t.equal(end.stderr.split('\n').at(-2), `securechat: ${unfinished}`);
  await redis.restart();
  await using server = await startServe(['--port', ports[1] ?? '', ...key], { cwd, env });
  const isTold = (): boolean => server.output.stderr.includes(unfinished);
  await until(isTold, { what: 'a server to tell of it', withinMs });
  t.match(await runCli(erase('dave'), { cwd, env }), { code: 0, stderr: `${unfinished}\n` });
  const again = await runCli(erase('alice'), { cwd, env });
  t.match(again, { code: 0, stderr: '' });
  t.equal(again.stdout.match(/- a copy in plain text/g)?.length, 1, 'what was read before');
  await runCli(['replay', '--format', 'csv', ...key], { cwd, env });
  const third = await runCli(erase('alice'), { cwd, env });
  t.match(third, { code: 0, stderr: '' });
  t.equal(third.stdout.match(/- a copy in plain text/g)?.length, 1, 'but not what was read since');
});
