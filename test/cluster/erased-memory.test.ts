import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { test } from 'tap';
import { WebSocket } from 'ws';

import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { runCli } from '../cli/cli-process.ts';
import { FrameClient } from '../support/frame-client.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { askerOf } from '../support/web-client.ts';
import { startRedisCluster } from './cluster.ts';
import { heapSnapshot, placesInMemory, snapshotArguments } from './process-memory.ts';
import { loginOf } from './words.ts';

const word = 'quaggafoal';
const batches = 40;
const batchSize = 20;
/** As long as a text may be, nearly. */
const longTexts = 200;
const longRepeats = 250;
const deafAsks = 40;
/** Before the erasure, of each server: else there was nothing to clear. */
const placesMin = 500;
/** Of those, a piece of memory may have been given out again in the very moment of its clearing. */
const leftShareMax = 0.0001;

await test('an erased user’s text is gone from the memory of servers that go on running', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-memory-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const masterFile = join(dir, 'master.key');
  await writeFile(masterFile, masterKeysText([newMasterKey()]), { mode: 0o600 });
  const args = ['--master-key-file', masterFile];
  await using cluster = await startRedisCluster({ servers: 0, messagesPerSecond: 1_000 });
  const webPorts = [await freePort(), await freePort()];
  const node = snapshotArguments(dir);
  for (const webPort of webPorts) await cluster.startServer({ args, node, webPorts: [webPort] });
  const servers = [0, 1].map((server) => cluster.process(server));
  const ca = await readFile(cluster.process(0).ca);
  const onWeb = async (server: number, user: string): Promise<FrameClient> => {
    const url = `wss://localhost:${webPorts[server]}/ws`;
    const client = new FrameClient(new WebSocket(url, 'securechat.v1', { ca }));
    await client.sees('hello');
    await client.login(user, loginOf(user).split(' ')[2] ?? '', true);
    return client;
  };

  const bob = await cluster.login('bob', 1);
  const eve = await onWeb(1, 'eve');
  const over = new AbortController();
  const talk = async (): Promise<void> => {
    // What becomes of it does not matter: Redis is busy with its files, and so is this machine.
    for (let sequence = 1; !over.signal.aborted; sequence++)
      await eve.send({ type: 'say', room: 'lobby', text: `${sequence} of eve`, sequence });
  };
  const talking = talk();

  const alice = await cluster.login('alice', 0);
  for (let batch = 0; batch < batches; batch++) {
    const said = Array.from({ length: batchSize }, (_, n) => `the ${word} number ${batch}.${n}`);
    alice.send(...said);
    await bob.sees(`[lobby] alice: ${said.at(-1)}`);
  }
  bob.send('/history 200');
  await bob.seesMatching(new RegExp(`^#.* alice: the ${word} number 39.19$`));
  alice.send(`/msg bob only you know of the ${word}`);
  await bob.sees(`[DM] alice: only you know of the ${word}`);
  const again = await onWeb(0, 'alice');
  for (let batch = 0; batch < batches; batch++) {
    const said = Array.from({ length: batchSize }, (_, n) => `${n} of a ${word} on the web`);
    await Promise.all(said.map((text) => again.say('lobby', text)));
  }
  await eve.asks({ type: 'history', room: 'lobby', limit: 50 });
  for (let number = 0; number < longTexts; number++)
    await again.say('lobby', `${number} ${`the ${word} `.repeat(longRepeats)}`);

  // Whoever reads nothing: what waits for them fills the system's buffers, and then the server's.
  const deaf = connectTls({ host: '127.0.0.1', port: cluster.process(0).ports[0] ?? 0, ca });
  t.teardown(() => deaf.destroy());
  deaf.once('data', () => deaf.pause());
  deaf.write(`${loginOf('dave')}\n${'/history 200\n'.repeat(deafAsks)}`);
  const ask = askerOf(webPorts[0] ?? 0, ca);
  const waitingBytes = async (): Promise<number> =>
    Number(/^securechat_outbox_bytes{.*} (\d+)$/m.exec((await ask('/metrics')).body)?.[1]);
  await until(async () => (await waitingBytes()) > 0, {
    what: 'something to wait for a client that reads nothing',
    withinMs: 30_000,
  });

  const places = (): Promise<readonly number[]> =>
    Promise.all(servers.map(({ pid }) => placesInMemory(pid, word)));
  const isLinux = process.platform === 'linux';
  const before = isLinux ? await places() : [];
  const env = { REDIS_URL: cluster.redis.url };
  const erased = await runCli(['user', 'erase', 'alice', '--yes', ...args], { cwd: dir, env });
  t.match(erased, { code: 0, stdout: /\n- memory of servers / });
  const isCleared = (): boolean =>
    servers.every(({ output }) => output.stderr.includes('memory was cleared'));
  await until(isCleared, { what: 'the servers to clear their memory', withinMs: 30_000 });
  for (const [server, left] of (isLinux ? await places() : []).entries()) {
    const had = before[server] ?? 0;
    t.ok(had >= placesMin, `${had} places before`);
    t.ok(left <= had * leftShareMax, `${had} places before, ${left} after`);
  }
  for (const { pid } of servers)
    t.equal((await heapSnapshot(pid, dir)).includes(word), false, 'nothing that lives holds it');
  over.abort();
  await talking;
  eve.vanish();
});
