import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { newSigningKey } from '../../adapters/audit/signing-key.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { runCli } from '../cli/cli-process.ts';
import { freePort } from '../support/free-port.ts';
import { type Cluster, EmbeddedCluster, startRedisCluster } from './cluster.ts';
import { bytesIn, bytesOf, rewritten } from './file-bytes.ts';
import { recoveredTexts } from './recovered-texts.ts';
import { plainCopies, type Reader, sealedCopies, webHistory } from './told-copies.ts';
import { loginOf, welcome } from './words.ts';

const aliceSaid = 'the blue heron nests by the mill';
const alicePrivately = 'only bob should know of the heron';
const bobSaid = 'the kettle sings in the kitchen';
/** So that the servers' logs hold all that they ever would. */
const outspoken = ['--log-level', 'trace'];
const all = [alicePrivately, aliceSaid, bobSaid];

await test('an erased user’s text is gone from Redis, its files, every copy, history and every server', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-master-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const masterFile = join(dir, 'master.key');
  await writeFile(masterFile, masterKeysText([newMasterKey()]), { mode: 0o600 });
  const auditKey = join(dir, 'audit.key');
  await writeFile(auditKey, newSigningKey().export({ format: 'pem', type: 'pkcs8' }));
  const args = ['--master-key-file', masterFile];
  await using cluster = await startRedisCluster({ servers: 0 });
  const webPorts = [await freePort()];
  for (const web of [{ webPorts }, {}])
    await cluster.startServer({ args: [...args, ...outspoken, '--audit-key', auditKey], ...web });
  // Else a text could hide from the search in a compressed block.
  await cluster.redis.command('CONFIG', 'SET', 'rdbcompression', 'no');
  const { url } = cluster.redis;
  const env = { REDIS_URL: url };
  const reader = { cwd: dir, env, args, auditKey, open: () => openRedis({ url }) };
  await talk(cluster);
  const files = (): Promise<Buffer> => bytesOf(cluster.redis);
  const accountEvents = async (): Promise<readonly number[]> =>
    (await cluster.log())
      .filter(({ stream }) => stream === 'account:alice')
      .map(({ revision }) => revision);
  await t.test('whoever has the master key can read it before', async (u) =>
    u.same(recoveredTexts(await files(), masterFile), all.toSorted()),
  );
  await t.test('it is plain nowhere', async (u) => notPlain(u, await files()));
  const copies = await copiesBefore(t, reader);
  const erased = await runCli(['user', 'erase', 'alice', '--yes', ...args], { cwd: dir, env });
  t.match(erased, { code: 0, stderr: '' });
  t.match(erased.stdout, /^Erased alice: .*\nThe master key is replaced; \d+ other keys/);
  await rewritten(cluster.redis);
  await t.test('nobody reads it in the chat', (u) => unreadable(u, cluster, webPorts[0] ?? 0));
  const after = await copiesAfter(t, reader);
  await rewritten(cluster.redis);
  const kept = Buffer.concat([await files(), copies, after]);
  t.same(recoveredTexts(kept, masterFile), [bobSaid], 'nobody recovers it');
  notPlain(t, kept);
  const events = await accountEvents();
  const receipt = ['replay', '--types', 'UserErased', '--format', 'ndjson', ...args];
  const { stdout: recorded } = await runCli(receipt, { cwd: dir, env });
  for (const left of [
    'the append-only file and the dumps of this Redis, until it has rewritten them',
    'replicas of this Redis, until they have rewritten their files',
  ]) {
    t.match(erased.stdout, `\n- ${left}\n`);
    t.match(recorded, `"${left}"`, 'it is in the receipt that is kept');
  }
  const again = await runCli(['user', 'erase', 'alice', '--yes', ...args], { cwd: dir, env });
  t.match(again, { code: 0, stderr: '' }, 'what was broken off can be done again');
  t.same(await accountEvents(), events);
});

await test('the same on the embedded store, which makes its master key by itself', async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'securechat-erasure-'));
  t.teardown(() => rm(cwd, { recursive: true }));
  const data = join(cwd, 'data');
  const masterFile = join(data, 'master.key');
  await using cluster = new EmbeddedCluster();
  const webPorts = [await freePort(), await freePort()];
  await cluster.start({ data, servers: 2, webPorts, args: outspoken });
  const reader = { cwd, args: ['--data', data], open: () => openLmdb({ dir: data }) };
  await talk(cluster);
  const files = (): Promise<Buffer> => bytesIn(data, 'master.key');
  t.same(recoveredTexts(await files(), masterFile), all.toSorted());
  notPlain(t, await files());
  const copies = await copiesBefore(t, reader);
  t.match(await runCli(['user', 'erase', 'alice', '--yes'], { cwd }), { code: 0, stderr: '' });
  await t.test('nobody reads it in the chat', (u) => unreadable(u, cluster, webPorts[0] ?? 0));
  const kept = Buffer.concat([await files(), copies, await copiesAfter(t, reader)]);
  t.same(recoveredTexts(kept, masterFile), [bobSaid]);
  notPlain(t, kept);
});

await test('an erasure is asked for twice, and needs the master key', async (t) => {
  const cwd = t.testdir();
  const user = (...args: string[]) => runCli(['user', ...args], { cwd, input: 'password1\n' });
  await user('add', 'carol');
  const unsure = await user('erase', 'carol');
  t.match(unsure, { code: 2, stderr: /cannot be undone.*\n.*add --yes/ });
  t.match(await user('erase', 'nobody', '--yes'), { code: 1, stderr: /There is no user nobody/ });
  t.match(await user('list'), { stdout: 'carol\n' });
  t.match(await user('erase', 'carol', '--yes'), { code: 0 });
  t.match(await user('list'), { stdout: 'carol (erased)\n' });
  t.match(await user('add', 'carol'), { code: 1, stderr: /The name carol is taken/ });
});

/** alice and bob say what is looked for later. */
async function talk(cluster: Cluster): Promise<void> {
  const alice = await cluster.login('alice', 0);
  const bob = await cluster.login('bob', 1);
  alice.send(aliceSaid);
  await bob.sees(`[lobby] alice: ${aliceSaid}`);
  alice.send(`/msg bob ${alicePrivately}`);
  await bob.sees(`[DM] alice: ${alicePrivately}`);
  bob.send(bobSaid);
  await alice.sees(`[lobby] bob: ${bobSaid}`);
}

/** What can be copied of the log: words by those who have the keys, and sealed text. */
async function copiesBefore(t: Test, reader: Reader): Promise<Buffer> {
  const said = await plainCopies(reader);
  for (const text of all) t.match(said, text, 'with the keys it is read');
  return sealedCopies(reader);
}

async function copiesAfter(t: Test, reader: Reader): Promise<Buffer> {
  const said = await plainCopies(reader);
  notPlain(t, Buffer.from(said), [aliceSaid, alicePrivately]);
  t.match(said, '[erased]');
  t.match(said, bobSaid, 'everybody else’s is read on');
  t.match((await runCli(['user', 'list', ...reader.args], reader)).stdout, 'alice (erased)\n');
  return sealedCopies(reader);
}

/** What people find once alice is erased. */
async function unreadable(t: Test, cluster: Cluster, webPort: number): Promise<void> {
  for (const server of [0, 1]) {
    const client = await cluster.client(server);
    client.send(loginOf('alice'));
    await client.reads('ERROR: Invalid credentials.');
    const bob = await cluster.client(server);
    bob.send(`${loginOf('bob')} TAKEOVER`);
    await bob.reads(welcome('bob'));
    bob.send('/history 10');
    const { line } = await bob.seesMatching(/ alice: /);
    t.match(line, /^#\d+ \S+ alice: \[erased\]$/);
    await bob.seesMatching((one) => one.endsWith(` bob: ${bobSaid}`));
    const { stdout, stderr } = cluster.process(server).output;
    notPlain(t, Buffer.from(stdout + stderr));
  }
  const history = await webHistory(webPort, await readFile(cluster.process(0).ca));
  notPlain(t, Buffer.from(history), [aliceSaid, alicePrivately]);
  t.match(history, /"text":"\[erased\]".*"text":"\[erased\]"/);
  t.match(history, bobSaid);
}

function notPlain(t: Test, bytes: Buffer, texts: readonly string[] = all): void {
  for (const text of texts) t.equal(bytes.includes(text), false, `"${text}" is not in there`);
}
