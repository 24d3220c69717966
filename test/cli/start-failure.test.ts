import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { openDatabase, openFolder } from '../../adapters/lmdb/data-folder.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis } from '../support/redis-process.ts';
import { type CliEnd, runCli, startServe } from './cli-process.ts';

await test('a configuration that makes no sense is told whole, before anything starts', async (t) => {
  const cwd = t.testdir();
  const args = ['serve', '--port', 'x', '--tls-min', '1.1'];
  const env = { SECURECHAT_LOG_LEVEL: 'loud' };
  t.strictSame(await runCli(args, { cwd, env }), {
    code: 2,
    stdout: '',
    stderr: [
      'securechat: --port should be a whole number from 1 to 65535, not "x".',
      'securechat: --tls-min should be one of 1.3, 1.2, not "1.1".',
      'securechat: SECURECHAT_LOG_LEVEL should be one of fatal, error, warn, info, debug, trace, silent, not "loud".',
      '',
    ].join('\n'),
  });
  t.strictSame(readdirSync(cwd), []);
});

await test('a port that is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const args = ['serve', '--port', String(await freePort()), '--port', String(port)];
  const cwd = t.testdir();
  failsPlainly(
    t,
    await runCli(args, { cwd }),
    `securechat: Port ${port} on 127.0.0.1 is taken by another program, perhaps by a SecureChat that runs already: stop that, or choose another port with --port.`,
  );
  t.strictSame(readdirSync(cwd), [], 'it leaves no log and no certificate');
});

await test('a web port that is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const args = ['serve', '--port', String(await freePort()), '--web-port', String(port)];
  const cwd = t.testdir();
  failsPlainly(
    t,
    await runCli(args, { cwd }),
    `securechat: Port ${port} on 127.0.0.1 is taken by another program, perhaps by a SecureChat that runs already: stop that, or choose another port with --web-port.`,
  );
  t.strictSame(readdirSync(cwd), [], 'it leaves no log and no certificate');
});

await test('an address of another machine, and a host that does not exist', async (t) => {
  const cwd = t.testdir();
  const elsewhere = await runCli(['serve', '--host', '192.0.2.1'], { cwd });
  failsPlainly(
    t,
    elsewhere,
    'securechat: 192.0.2.1 is no address of this machine: give one that is with --host.',
  );
  const unknown = await runCli(['serve', '--host', 'nowhere.invalid'], { cwd });
  failsPlainly(
    t,
    unknown,
    'securechat: There is no host named nowhere.invalid to listen on: give an address of this machine with --host.',
  );
  t.strictSame(readdirSync(cwd), [], 'they leave nothing');
});

await test('a data folder that another server uses', async (t) => {
  const cwd = t.testdir();
  await using first = await startServe(['--port', String(await freePort())], { cwd });
  failsPlainly(
    t,
    await runCli(['serve', '--port', String(await freePort())], { cwd }),
    `securechat: The data folder ./data is in use by another server (process ${first.child.pid}). Stop it, or choose another folder with --data.`,
  );
});

await test('a data folder that is none, or cannot be made', async (t) => {
  const cwd = t.testdir({ 'a file': '', full: { 'notes.txt': '' } });
  const reasons = {
    'a file': 'cannot be used (file already exists). ',
    'a file/below': 'cannot be used (not a directory). ',
    // On Linux the system has a reason of its own for this one.
    '/proc/securechat': 'cannot be used (',
    full: 'holds other things (notes.txt) and no log. ',
  };
  for (const [dir, reason] of Object.entries(reasons)) {
    for (const command of [
      ['serve', '--port', String(await freePort())],
      ['user', 'list'],
    ]) {
      const end = await runCli([...command, '--data', dir], { cwd });
      t.ok(end.stderr.startsWith(`securechat: The data folder ${dir} ${reason}`), end.stderr);
      failsPlainly(t, end, / Choose .* with --data\.\n$/);
    }
  }
  t.match(await runCli(['serve', '--data', ''], { cwd }), {
    code: 2,
    stderr: 'securechat: --data is empty.\n',
  });
});

await test('a data folder of a newer format', async (t) => {
  const cwd = t.testdir();
  const dir = join(cwd, 'data');
  await (await openLmdb({ dir })).close();
  const root = openDatabase(openFolder(dir));
  const meta = root.openDB<Buffer, Buffer>('meta', { encoding: 'binary', keyEncoding: 'binary' });
  await meta.put(Buffer.from('log'), Buffer.from(JSON.stringify({ format: 9, partitions: 1 })));
  await root.close();
  failsPlainly(
    t,
    await runCli(['serve', '--port', String(await freePort())], { cwd }),
    'securechat: The data folder ./data was written by a newer version of this program (format 9, this one reads 1): upgrade it, or choose another folder with --data.',
  );
});

await test('a certificate that is not there, or half there', async (t) => {
  const cwd = t.testdir({ certs: { 'server.key': 'a key' } });
  failsPlainly(
    t,
    await runCli(['serve'], { cwd }),
    'securechat: certs/server.key is there, but its certificate certs/server.crt is not: put it there, or choose another folder, where both are made.',
  );
  const missing = ['--port', 'x', '--cert', 'a.pem', '--key', 'b.pem'];
  t.strictSame(await runCli(['serve', ...missing], { cwd }), {
    code: 2,
    stdout: '',
    stderr: [
      'securechat: --port should be a whole number from 1 to 65535, not "x".',
      'securechat: Cannot read a.pem, given as --cert: no such file or directory.',
      'securechat: Cannot read b.pem, given as --key: no such file or directory.',
      '',
    ].join('\n'),
  });
  failsPlainly(
    t,
    await runCli(['serve', '--port', String(await freePort()), '--certs', '/proc/securechat'], {
      cwd,
    }),
    /^securechat: Cannot make the certificates in \/proc\/securechat: [^.]+\. Choose another folder/,
  );
});

await test('a file that is given as a key and is none stays as it is', async (t) => {
  const content = 'root:x:0:0:root:/root:/bin/sh\n';
  const cwd = t.testdir({ passwd: content });
  const port = ['--port', String(await freePort())];
  const keys = {
    '--audit-key':
      /^securechat: passwd holds no private key, and no Ed25519 key in PEM to sign with: name another file, and leave this one as it is\.\n$/,
    '--master-key-file':
      /^securechat: passwd holds a line that is no key: .* leave this as it is\.\n$/,
  };
  for (const [flag, sentence] of Object.entries(keys))
    failsPlainly(t, await runCli(['serve', ...port, flag, 'passwd'], { cwd }), sentence);
  const asked = await runCli(['audit', 'key', 'passwd'], { cwd });
  t.notMatch(asked.stderr, /openssl|make one/);
  t.equal(readFileSync(join(cwd, 'passwd'), 'utf8'), content);
});

await test('a Redis that is away', async (t) => {
  const port = await freePort();
  const env = { REDIS_URL: `redis://:s3cret@127.0.0.1:${port}` };
  const end = await runCli(['serve', '--port', String(await freePort())], {
    cwd: t.testdir(),
    env,
  });
  failsPlainly(
    t,
    end,
    new RegExp(
      `^securechat: No Redis answers at redis://127\\.0\\.0\\.1:${port} \\(.*\\); start it there`,
    ),
  );
});

await test('a Redis that would forget what it was told, and the flag that accepts it', async (t) => {
  const cwd = t.testdir();
  await using redis = await startRedis({ args: ['--appendonly', 'no'] });
  const port = String(await freePort());
  const env = { REDIS_URL: redis.url };
  failsPlainly(
    t,
    await runCli(['serve', '--port', port], { cwd, env }),
    `securechat: This Redis keeps no append-only file, so it would forget the chat when it stops; accept that with --accept-loss, or write appendonly yes into its redis.conf, and run: redis-cli -h 127.0.0.1 -p ${redis.port} CONFIG SET appendonly yes`,
  );
  await using serve = await startServe(['--port', port, '--accept-loss'], { cwd, env });
  t.match(serve.banner, `Redis, at ${redis.url}\n`);
  t.match(serve.output.stderr, 'when it stops, what was said is lost', 'it is logged');
  t.notOk(existsSync(join(cwd, 'data')));
});

/** It ended with 1 and said this one sentence: no stack, and nothing on standard output. */
function failsPlainly(t: Test, { code, stdout, stderr }: CliEnd, sentence: string | RegExp): void {
  t.match(stderr, typeof sentence === 'string' ? `${sentence}\n` : sentence);
  t.equal(stderr.split('\n').length, 2, 'one line');
  t.equal(stdout, '');
  t.equal(code, 1);
}
