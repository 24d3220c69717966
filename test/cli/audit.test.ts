import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { newSigningKey } from '../../adapters/audit/signing-key.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { auditStream } from '../../core/stream.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis } from '../support/redis-process.ts';
import { until } from '../support/until.ts';
import { clientOf, runCli, startServe } from './cli-process.ts';

const sealedWithinMs = 30_000;

await test('an embedded log is sealed, exported, checked offline and proved of', async (t) => {
  const cwd = t.testdir();
  const audit = (...args: string[]) => runCli(['audit', ...args], { cwd });
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--demo',
    '--checkpoint-within',
    '1',
    '--checkpoints',
    'kept',
  ];
  await using serve = await startServe(args, { cwd });
  t.equal(statSync(join(cwd, 'data', 'audit.key')).mode & 0o777, 0o600, 'for its owner alone');
  const alice = clientOf(t, port, cwd);
  alice.send('LOGIN alice password123');
  await alice.sees('SUCCESS: Welcome alice. You are in lobby.');
  alice.send('Is this on the record?');
  const live = await until(
    async () => {
      const said = await audit('verify');
      return /sealed to (?!0)\d+/.test(said.stdout) && said;
    },
    { what: 'the log to be sealed', withinMs: sealedWithinMs },
  );
  t.match(live, {
    code: 0,
    stdout: /^Partition 0: sealed to \d+, \d+ unsealed, with securechat\+/,
  });

  const key = (await audit('key')).stdout.trim();
  t.match(await audit('export', '--out', 'log.ndjson.gz', '--why', 'a complaint'), {
    code: 0,
    stdout: /^Exported \d+ records to log\.ndjson\.gz\.\n$/,
  });
  t.match(await audit('verify', 'log.ndjson.gz', '--key', key, '--checkpoints', 'kept'), {
    code: 0,
    stdout: /, 0 unsealed[\s\S]*Whole/,
  });
  const proof = await audit('prove', '3');
  t.match(proof, { code: 0 });
  const check = (...more: string[]) =>
    runCli(['audit', 'check-proof', ...more], { cwd, input: proof.stdout });
  t.match(await check('-', '--key', key), { code: 0, stdout: /at position 3 of partition 0/ });
  const of = await audit('prove', '3', 'log.ndjson.gz');
  t.match(of, { code: 0 }, 'of a file as well');
  t.match(await audit('prove', '100000'), { code: 1, stderr: /No checkpoint covers/ });

  process.kill(serve.child.pid ?? 0, 'SIGTERM');
  await serve.ended();
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  const told = await stores.events.readStream({
    stream: auditStream(0),
    partition: 0,
    limit: 1_000,
  });
  const sizes = told.flatMap(({ event }) =>
    event.type === 'CheckpointSigned' ? [String(event.data.size)] : [],
  );
  const readings = told.flatMap(({ event }) => (event.type === 'AuditRead' ? [event.data] : []));
  t.match(
    readings.find(({ what }) => what.startsWith('audit export')),
    { why: 'a complaint' },
  );
  t.ok(readings.some(({ what }) => what === 'audit prove 3'));
  await stores.close();
  const between = await audit('consistency', sizes[0] ?? '', sizes.at(-1) ?? '');
  t.match(between, { code: 0 });
  const checked = await runCli(['audit', 'check-proof', '-'], { cwd, input: between.stdout });
  t.match(checked, { code: 0, stdout: /begins with that at size/ });
});

await test('a file that somebody changed is refused, and the first bad position named', async (t) => {
  const cwd = t.testdir();
  const audit = (...args: string[]) => runCli(['audit', ...args], { cwd });
  await runCli(['user', 'add', 'carol'], { cwd, input: 'password1\n' });
  t.match(await audit('export', '--out', 'log.ndjson'), { code: 1, stderr: /--audit-key/ });
  writeFileSync(join(cwd, 'k.pem'), newSigningKey().export({ format: 'pem', type: 'pkcs8' }));
  const withKey = ['--audit-key', 'k.pem'];
  t.match(await audit('export', '--out', 'log.ndjson', ...withKey), { code: 0 });
  t.match(await audit('export', '--out', 'log.ndjson', ...withKey), {
    code: 1,
    stderr: 'securechat: log.ndjson is there already: name another file.\n',
  });
  t.match(await audit('verify', 'log.ndjson'), { code: 0 });
  const file = join(cwd, 'log.ndjson');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('carol', 'mallo'));
  const { code, stderr } = await audit('verify', 'log.ndjson');
  t.equal(code, 1);
  t.match(stderr, /^securechat: Tampered: .*\nsecurechat: Partition 0: position 2 is not what/);
  t.match(await audit('verify', 'missing.ndjson'), { code: 1, stderr: /cannot be read/ });
  t.match(await audit('verify', 'k.pem'), { code: 1, stderr: /cannot be read in line 1/ });
});

await test('the present signing key vouches for the next, and no other seals the log', async (t) => {
  const cwd = t.testdir();
  const audit = (...args: string[]) => runCli(['audit', ...args], { cwd });
  await runCli(['user', 'list'], { cwd });
  const keys = await Promise.all(
    ['old', 'new', 'stray'].map(async (name) => {
      const pem = newSigningKey().export({ format: 'pem', type: 'pkcs8' });
      writeFileSync(join(cwd, `${name}.pem`), pem);
      return (await audit('key', `${name}.pem`)).stdout.trim();
    }),
  );
  const [old = '', next = ''] = keys;
  const sealWith = (key: string, out: string) =>
    audit('export', '--out', out, '--audit-key', `${key}.pem`);
  t.match(await sealWith('old', 'a.ndjson'), { code: 0 });
  const publish = (key: string, ...by: string[]) => audit('publish-key', key, ...by);
  t.match(await publish(next), { code: 2, stderr: /--audit-key FILE names the present/ });
  t.match(await publish(next, '--audit-key', 'stray.pem'), {
    code: 1,
    stderr: /sealed with another signing key than the one that you gave/,
  });
  t.match(await sealWith('new', 'b.ndjson'), { code: 1, stderr: /that does not vouch for ours/ });
  t.match(await publish(next, '--audit-key', 'old.pem'), {
    code: 0,
    stdout: 'Published: both keys count now. Start the servers with the new one.\n',
  });
  t.match(await sealWith('new', 'c.ndjson'), { code: 0 });
  t.match(await audit('verify', 'c.ndjson', '--key', old), { code: 0, stdout: /Whole/ });
  t.match(await sealWith('stray', 'd.ndjson'), { code: 1, stderr: /sealed with another/ });
  t.match(await audit('publish-key', 'no key'), { code: 2, stderr: /is no public key/ });
});

await test('without the key an export ends at the last checkpoint, and says what it leaves out', async (t) => {
  await using redis = await startRedis();
  const cwd = t.testdir();
  writeFileSync(join(cwd, 'k.pem'), newSigningKey().export({ format: 'pem', type: 'pkcs8' }));
  const env = { REDIS_URL: redis.url };
  const audit = (...args: string[]) => runCli(['audit', ...args], { cwd, env });
  t.match(await audit('export', '--out', 'a.ndjson'), { code: 1 }, 'no log is made to be read');
  await runCli(['user', 'list'], { cwd, env });
  t.match(await audit('export', '--out', 'a.ndjson', '--audit-key', 'k.pem'), { code: 0 });
  await runCli(['user', 'add', 'carol'], { cwd, env, input: 'password1\n' });
  // The checkpoint, the account, and this reading.
  t.match(await audit('export', '--out', 'b.ndjson'), {
    code: 0,
    stdout: /Exported 3 records.*\nLeft out: 3 records/,
  });
  t.match(await runCli(['audit', 'verify', 'b.ndjson'], { cwd }), { code: 0 });
});

await test('a live log that is not whole is left as it was found', async (t) => {
  await using redis = await startRedis();
  const cwd = t.testdir();
  writeFileSync(join(cwd, 'k.pem'), newSigningKey().export({ format: 'pem', type: 'pkcs8' }));
  const env = { REDIS_URL: redis.url };
  const audit = (...args: string[]) => runCli(['audit', ...args], { cwd, env });
  t.match(await audit('export', '--out', 'a.ndjson'), { code: 1 }, 'no log is made to be read');
  await runCli(['user', 'list'], { cwd, env });
  t.match(await audit('export', '--out', 'a.ndjson', '--audit-key', 'k.pem'), { code: 0 });
  t.match(await audit('verify'), { code: 0, stdout: /Whole/ });
  const logKey = 'sc:{0}:log';
  await redis.command('XDEL', logKey, '2-0');
  const before = await redis.command('XLEN', logKey);
  t.match(await audit('verify'), { code: 1, stderr: /position 2 is missing/ });
  t.equal(await redis.command('XLEN', logKey), before);
  await redis.command('DEL', logKey);
  t.match(await audit('verify'), { code: 1, stderr: /position 1 is missing/ });
  t.equal(await redis.command('EXISTS', logKey), 0);
});

await test('a signing key that is none is refused before anything starts', async (t) => {
  const cwd = t.testdir({ 'other.pem': 'no key' });
  const serve = (...args: string[]) => runCli(['serve', ...args], { cwd });
  t.match(await serve('--audit-key', 'missing.pem'), {
    code: 1,
    stderr: /The signing key missing\.pem cannot be read \(no such file or directory\)\./,
  });
  t.match(await serve('--audit-key', 'other.pem'), {
    code: 1,
    stderr: /other\.pem holds no private key/,
  });
  t.match(await serve('--checkpoints', 'other.pem/kept'), { code: 1, stderr: /cannot be made/ });
  t.notOk(readdirSync(cwd).includes('data'), 'no log was made');
});

await test('an archive that is not there is told of, and no empty one', async (t) => {
  const cwd = t.testdir();
  await (await openLmdb({ dir: join(cwd, 'data') })).close();
  for (const command of [['audit', 'verify'], ['replay']])
    t.match(await runCli([...command, '--archive', 'nowhere'], { cwd }), {
      code: 1,
      stdout: '',
      stderr: /^securechat: The archive nowhere cannot be read \([^\n]*\)\.\n$/,
    });
  t.notOk(existsSync(join(cwd, 'nowhere')));
});

await test('where there is no log none is made', async (t) => {
  const cwd = t.testdir();
  t.match(await runCli(['audit', 'verify'], { cwd }), { code: 1, stderr: /There is no log in/ });
  t.match(await runCli(['audit', 'prove', 'x'], { cwd }), { code: 2, stderr: /whole number/ });
});

await test('a server on Redis without a key says that it does not seal', async (t) => {
  await using redis = await startRedis();
  const cwd = t.testdir();
  const port = String(await freePort());
  await using serve = await startServe(['--port', port], { cwd, env: { REDIS_URL: redis.url } });
  await until(() => /no key to seal the log/.test(serve.output.stderr), {
    what: 'the warning',
    withinMs: sealedWithinMs,
  });
});
