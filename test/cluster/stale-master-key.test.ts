import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { runCli } from '../cli/cli-process.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { askerOf } from '../support/web-client.ts';
import { startRedisCluster } from './cluster.ts';

/** It is looked every two seconds; the rest is for a busy machine. */
const noticedWithinMs = 20_000;

await test('a server with another master key than the log’s does not start, and says why', async (t) => {
  const { dir, file } = await withKey(t);
  await using cluster = await startRedisCluster({ servers: 0 });
  await cluster.startServer({ args: ['--master-key-file', file] });
  const [alice, bob] = [await cluster.login('alice', 0), await cluster.login('bob', 0)];
  alice.send('hello');
  await bob.sees('[lobby] alice: hello');
  const other = join(dir, 'other.key');
  await writeFile(other, masterKeysText([newMasterKey()]), { mode: 0o600 });
  const env = { REDIS_URL: cluster.redis.url };
  const port = ['--port', String(await freePort())];
  const serve = ['serve', ...port, '--master-key-file', other];
  const sentence =
    /^securechat: The master key that is given is not the one of this log, .* Give the file that the other servers have now: each erasure replaces it\.$/m;
  t.match(await runCli(serve, { cwd: dir, env }), { code: 1, stdout: '', stderr: sentence });
  const erase = ['user', 'erase', 'bob', '--yes', '--master-key-file', other];
  t.match(await runCli(erase, { cwd: dir, env }), { code: 1, stdout: '', stderr: sentence });
  t.match(await runCli(['user', 'list'], { cwd: dir, env }), { stdout: /^bob$/m });
});

await test('a server whose copy of the master key an erasure made old goes on, writes nothing, and is well again with the new one', async (t) => {
  const { dir, file } = await withKey(t);
  const copy = join(dir, 'copy.key');
  await copyFile(file, copy);
  await using cluster = await startRedisCluster({ servers: 0 });
  await cluster.startServer({ args: ['--master-key-file', file] });
  const port = await freePort();
  const stale = await cluster.startServer({
    args: ['--master-key-file', copy],
    webPorts: [port],
  });
  const ask = askerOf(port, await readFile(stale.ca));
  const isReady = async (status: number, words: RegExp): Promise<void> => {
    const answered = async (): Promise<boolean> => {
      const answer = await ask('/readyz');
      return answer.status === status && words.test(answer.body.trim());
    };
    await until(answered, { what: `/readyz to answer ${status}`, withinMs: noticedWithinMs });
  };
  await isReady(200, /^ready$/);
  const dave = await cluster.login('dave', 0);
  const bob = await cluster.login('bob', 1);
  // So that there is a key to see it by.
  dave.send('before');
  await bob.sees('[lobby] dave: before');
  const erase = ['user', 'erase', 'eve', '--yes', '--master-key-file', file];
  const erased = await runCli(erase, { cwd: dir, env: { REDIS_URL: cluster.redis.url } });
  t.match(erased, { code: 0, stderr: '' });
  await isReady(
    503,
    /^The master key given does not unwrap the keys that texts are sealed with\.$/,
  );
  t.match(
    stale.output.stderr,
    /"level":50.*is not the one of this log.*cannot be sealed, or opened/,
  );
  const alice = await cluster.login('alice', 0);
  alice.send('new words');
  await bob.sees('[lobby] alice: [sealed]');
  bob.send('am I heard?');
  await bob.sees('ERROR: Not stored: the chat cannot store anything now. Try again in a moment.');
  await copyFile(file, copy);
  await isReady(200, /^ready$/);
  t.match(stale.output.stderr, /"level":30.*can be sealed and opened again/);
  bob.send('and now?');
  await alice.sees('[lobby] bob: and now?');
  bob.send('/history 10');
  await bob.seesMatching(/^#\d+ \S+ alice: new words$/);
});

/** A folder with the file of a master key. */
async function withKey(t: Test): Promise<{ readonly dir: string; readonly file: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-master-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const file = join(dir, 'master.key');
  await writeFile(file, masterKeysText([newMasterKey()]), { mode: 0o600 });
  return { dir, file };
}
