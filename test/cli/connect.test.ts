import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { test } from 'tap';

import { freePort } from '../support/free-port.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { startScriptedLineServer } from '../support/scripted-line-server.ts';
import { within } from '../support/until.ts';
import { mainFile } from './cli-process.ts';

const endsWithinMs = 30_000;

interface Run {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: () => Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** `securechat connect` in a pipe. */
function startConnect(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Run {
  const child = spawn(process.execPath, [mainFile, 'connect', ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: 'pipe',
  });
  endsWithThisProcess(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const closed = once(child, 'close');
  const ended = async () => {
    await within(closed, endsWithinMs, 'connect to end');
    return { code: child.exitCode, ...output };
  };
  return { child, output, ended };
}

const secret = { SECURECHAT_PASSWORD: 'password123' };

await test('a pipe says its lines to a server whose certificate is below ./certs', async (t) => {
  const cwd = t.testdir();
  await using server = await startScriptedLineServer(join(cwd, 'certs'));
  const { child, ended } = startConnect([String(server.port), '--user', 'Alice'], {
    cwd,
    env: secret,
  });
  child.stdin.end('hi\n漢字 without an end');
  const connection = await server.connection();
  await connection.logsIn('alice', 'password123');
  await connection.reads('hi');
  connection.send('[lobby] bob: hello \u001b[31malice\u001b[0m', 'STORED lobby 0a 1');
  await connection.reads('漢字 without an end');
  connection.send('STORED lobby 0a 2');
  await connection.reads('/quit');
  connection.send('SUCCESS: Goodbye alice.');
  connection.end();
  t.strictSame(await ended(), {
    code: 0,
    stdout: [
      'SUCCESS: Welcome alice. You are in lobby.',
      '[lobby] bob: hello alice',
      'STORED lobby 0a 1',
      'STORED lobby 0a 2',
      'SUCCESS: Goodbye alice.',
      '',
    ].join('\n'),
    stderr: '',
  });
});

await test('the password can come from a file, the rest from the environment', async (t) => {
  const cwd = t.testdir({ secret: 'from-a-file\nsecond line\n' });
  await using server = await startScriptedLineServer(join(cwd, 'elsewhere'));
  const { child, ended } = startConnect([], {
    cwd,
    env: {
      SECURECHAT_CONNECT: `127.0.0.1:${server.port}`,
      SECURECHAT_USER: 'bob',
      SECURECHAT_CA: server.caFile,
      SECURECHAT_PASSWORD_FILE: 'secret',
      SECURECHAT_TAKEOVER: '1',
    },
  });
  child.stdin.end();
  const connection = await server.connection();
  await connection.reads('LOGIN bob from-a-file TAKEOVER');
  connection.send('SUCCESS: Welcome bob. You are in lobby.');
  await connection.reads('/receipts on');
  connection.send('SUCCESS: Receipts on.');
  await connection.reads('/quit');
  connection.end();
  t.equal((await ended()).code, 0);
});

await test('a line that is refused goes to standard error, and the exit code is 1', async (t) => {
  const cwd = t.testdir();
  await using server = await startScriptedLineServer(join(cwd, 'certs'));
  const { child, ended } = startConnect([String(server.port), '--user', 'alice'], {
    cwd,
    env: secret,
  });
  child.stdin.end('hi\n');
  const connection = await server.connection();
  await connection.logsIn('alice', 'password123');
  await connection.reads('hi');
  connection.send('ERROR: Not confirmed: it is unknown whether this was stored.');
  await connection.reads('/quit');
  connection.end();
  const { code, stdout, stderr } = await ended();
  t.equal(code, 1);
  t.equal(stderr, 'ERROR: Not confirmed: it is unknown whether this was stored.\n');
  t.notMatch(stdout, 'ERROR');
});

await test('a certificate of another authority is refused, with the way out', async (t) => {
  const cwd = t.testdir();
  await using server = await startScriptedLineServer(join(cwd, 'theirs'));
  await using other = await startScriptedLineServer(join(cwd, 'certs'));
  const { code, stdout, stderr } = await startConnect([String(server.port), '--user', 'alice'], {
    cwd,
    env: secret,
  }).ended();
  t.equal(code, 1);
  t.equal(stdout, '');
  t.match(stderr, 'Not connected to localhost:');
  t.match(stderr, 'nobody in certs/ca.crt vouches for its certificate');
  t.match(stderr, /copy its certs\/ca\.crt .*\n.*connect .* --ca ca\.crt/);
  t.ok(other.port);
});

await test("without a development authority the system's are asked, and do not know ours", async (t) => {
  const cwd = t.testdir();
  await using server = await startScriptedLineServer(join(cwd, 'theirs'));
  const { code, stderr } = await startConnect([String(server.port), '--user', 'alice'], {
    cwd,
    env: secret,
  }).ended();
  t.equal(code, 1);
  t.match(stderr, "nobody in this system's authorities vouches for its certificate");
});

await test('where no chat server is, a sentence says so', async (t) => {
  const port = await freePort();
  const options = { cwd: t.testdir(), env: secret };
  t.match(await startConnect([String(port), '--user', 'alice'], options).ended(), {
    code: 1,
    stderr: `securechat: Nobody listens at localhost:${port}. Is the server running there?\n`,
  });
});

await test('authorities that cannot be read are told', async (t) => {
  const cwd = t.testdir({ 'not.pem': 'hello' });
  const args = ['1', '--user', 'alice', '--ca'];
  t.match(await startConnect([...args, 'missing.crt'], { cwd, env: secret }).ended(), {
    code: 1,
    stderr:
      'securechat: The authorities in missing.crt cannot be read: no such file or directory.\n',
  });
  t.match(await startConnect([...args, 'not.pem'], { cwd, env: secret }).ended(), {
    code: 1,
    stderr: 'securechat: There is no certificate (PEM) in not.pem.\n',
  });
});

await test('wrong usage is told whole, with exit code 2', async (t) => {
  const cwd = t.testdir();
  const wrong = await startConnect(['a:b', '--user', 'a b', '--room', '#1'], { cwd }).ended();
  t.equal(wrong.code, 2);
  t.equal(
    wrong.stderr,
    [
      'securechat: The address should be HOST:PORT, HOST or PORT, not "a:b".',
      'securechat: "a b" is no user name.',
      'securechat: "#1" is no room name.',
      'securechat: In a pipe nobody can be asked for the password: set SECURECHAT_PASSWORD, or SECURECHAT_PASSWORD_FILE to the name of a file.',
      '',
    ].join('\n'),
  );
  mkdirSync(join(cwd, 'empty'));
  writeFileSync(join(cwd, 'empty', 'secret'), '\n');
  const env = { SECURECHAT_PASSWORD_FILE: 'empty/secret' };
  const empty = await startConnect(['--user', 'alice'], { cwd, env }).ended();
  t.equal(empty.code, 2);
  t.match(empty.stderr, 'The first line of empty/secret should be the password.');
});

await test('a reader that goes away early makes it a failure', async (t) => {
  const cwd = t.testdir();
  await using server = await startScriptedLineServer(join(cwd, 'certs'));
  const { child, ended } = startConnect([String(server.port), '--user', 'alice'], {
    cwd,
    env: secret,
  });
  child.stdout.destroy();
  const connection = await server.connection();
  await connection.reads('LOGIN alice password123');
  connection.send('SUCCESS: Welcome alice. You are in lobby.');
  for (let number = 0; number < 100; number++) connection.send(`[lobby] bob: ${number}`);
  t.equal((await ended()).code, 1);
});

await test('--help says where the password comes from, and what is verified', async (t) => {
  const { code, stdout } = await startConnect(['--help'], { cwd: t.testdir() }).ended();
  t.equal(code, 0);
  for (const word of [
    'SECURECHAT_PASSWORD',
    '--ca <FILE>',
    'certs/ca.crt',
    '--register',
    'exit code',
  ])
    t.match(stdout, word);
});
