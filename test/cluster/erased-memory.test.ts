import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';

import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { runCli } from '../cli/cli-process.ts';
import { until } from '../support/until.ts';
import { startRedisCluster } from './cluster.ts';
import { heapSnapshot, placesInMemory, snapshotArguments } from './process-memory.ts';

const word = 'quaggafoal';
const texts = 20;
/** Of what was there before; what is left lies in memory that the allocator does not give out. */
const leftShareMax = 0.1;

await test('an erased user’s text is gone from the memory of servers that go on running', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-memory-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const masterFile = join(dir, 'master.key');
  await writeFile(masterFile, masterKeysText([newMasterKey()]), { mode: 0o600 });
  const args = ['--master-key-file', masterFile];
  await using cluster = await startRedisCluster({ servers: 0 });
  for (const _ of [0, 1]) await cluster.startServer({ args, node: snapshotArguments(dir) });
  const alice = await cluster.login('alice', 0);
  const bob = await cluster.login('bob', 1);
  const said = Array.from({ length: texts }, (_, number) => `the ${word} number ${number}`);
  for (const text of said) {
    alice.send(text);
    await bob.sees(`[lobby] alice: ${text}`);
  }
  bob.send('/history');
  await bob.seesMatching(new RegExp(`^#.* ${said.at(-1)}$`));
  alice.send(`/msg bob only you know of the ${word}`);
  await bob.sees(`[DM] alice: only you know of the ${word}`);
  alice.end();
  const servers = [0, 1].map((server) => cluster.process(server));
  const places = (): Promise<readonly number[]> =>
    Promise.all(servers.map(({ pid }) => placesInMemory(pid, word)));
  const isLinux = process.platform === 'linux';
  const before = isLinux ? await places() : [];
  const env = { REDIS_URL: cluster.redis.url };
  const erased = await runCli(['user', 'erase', 'alice', '--yes', ...args], { cwd: dir, env });
  t.match(erased, { code: 0, stdout: /\n- the memory of servers .* restart/ });
  const isCleared = (): boolean =>
    servers.every(({ output }) => output.stderr.includes('memory was cleared'));
  await until(isCleared, { what: 'the servers to clear their memory', withinMs: 30_000 });
  for (const [server, left] of (isLinux ? await places() : []).entries()) {
    const most = (before[server] ?? 0) * leftShareMax;
    t.ok(left <= most, `${before[server]} places before, ${left} after`);
  }
  for (const { pid } of servers)
    t.equal((await heapSnapshot(pid, dir)).includes(word), false, 'nothing that lives holds it');
  bob.send('still here');
  await bob.isServed();
});
