import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { freePort } from '../support/free-port.ts';
import { runPython } from '../support/python.ts';
import { startRedis } from '../support/redis-process.ts';
import { clientOf, mainFile, runCli, startServe } from './cli-process.ts';

const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });
const failed = (stderr: string, code = 1) => ({ code, stdout: '', stderr });

await test('accounts are made before the first start, and the log with them', async (t) => {
  const cwd = t.testdir();
  const empty = await runCli(['user', 'list'], { cwd });
  t.strictSame(empty, { code: 0, stdout: '', stderr: 'There are no accounts yet.\n' });
  const user = (...args: string[]) => runCli(['user', ...args], { cwd, input: 'password1\n' });
  t.strictSame(await user('add', 'Carol'), done('Added carol.\n'));
  t.strictSame(await user('add', 'carol'), failed('securechat: The name carol is taken.\n'));
  t.strictSame(await user('add', 'bob'), done('Added bob.\n'));
  t.strictSame(await user('list'), done('bob\ncarol\n'));
  t.strictSame(readdirSync(cwd), ['data']);
});

await test('what is no name or no password is told, and nothing is made', async (t) => {
  const cwd = t.testdir();
  const user = (input: string, ...args: string[]) => runCli(['user', ...args], { cwd, input });
  t.strictSame(
    await user('password1', 'add', 'a b'),
    failed('securechat: a b is no user name: 2 to 32 letters a-z, digits, - and _.\n', 2),
  );
  for (const password of ['', 'short', 'with a space']) {
    t.strictSame(
      await user(password, 'add', 'carol'),
      failed('securechat: A password has 8 to 128 printable characters and no spaces.\n'),
    );
  }
  t.strictSame(readdirSync(cwd), []);
  const missing = failed('securechat: There is no user nobody.\n');
  t.strictSame(await user('password1', 'passwd', 'nobody'), missing);
  t.strictSame(await user('', 'suspend', 'nobody'), missing);
  t.strictSame(await user('', 'reinstate', 'nobody'), missing);
});

await test('what is changed while a server runs counts there at once', async (t) => {
  const cwd = t.testdir();
  const port = await freePort();
  await using serve = await startServe(['--port', String(port)], { cwd });
  t.match(serve.banner, 'none yet');
  const user = (input: string, ...args: string[]) => runCli(['user', ...args], { cwd, input });
  t.match(await user('password1', 'add', 'carol'), { code: 0 });
  const client = clientOf(t, port, cwd);
  client.send('LOGIN carol password1');
  await client.sees('SUCCESS: Welcome carol. You are in lobby.');
  t.strictSame(await user('', 'suspend', 'carol'), done('Suspended carol.\n'));
  t.strictSame(await user('', 'suspend', 'carol'), done('carol is suspended already.\n'));
  t.strictSame(await user('', 'list'), done('carol (suspended)\n'));
  await client.sees('ERROR: This account is suspended.');
  const other = clientOf(t, port, cwd);
  other.send('LOGIN carol password1');
  await other.sees('ERROR: This account is suspended.');
  t.strictSame(await user('', 'reinstate', 'carol'), done('carol may log in again.\n'));
  t.strictSame(await user('password2', 'passwd', 'carol'), done('carol has another password.\n'));
  other.send('LOGIN carol password1');
  await other.sees('ERROR: Invalid credentials.');
  other.send('LOGIN carol password2');
  await other.sees('SUCCESS: Welcome carol. You are in lobby.');
});

await test('import makes the accounts of a file, and leaves those that are there', async (t) => {
  const cwd = t.testdir({ 'users.csv': 'carol,password1\r\n\r\nBob,with,commas\n' });
  t.strictSame(
    await runCli(['user', 'import', 'users.csv'], { cwd }),
    done('Added 2 of 2 accounts.\n'),
  );
  t.strictSame(
    await runCli(['user', 'import', '-'], { cwd, input: 'dave,password1\nbob,password1\n' }),
    done('Added 1 of 2 accounts.\nThere already, and left as they were: bob.\n'),
  );
  t.strictSame(await runCli(['user', 'list'], { cwd }), done('bob\ncarol\ndave\n'));
});

await test('a file with anything wrong is told line by line, and nothing of it is made', async (t) => {
  const cwd = t.testdir();
  writeFileSync(
    join(cwd, 'users.csv'),
    'carol,password1\nno comma\nx,password1\ndave,short\ncarol,password2\n',
  );
  t.strictSame(
    await runCli(['user', 'import', 'users.csv'], { cwd }),
    failed(
      [
        'users.csv, line 2: there is no comma between a name and a password.',
        'users.csv, line 3: what stands before the comma is no user name.',
        'users.csv, line 4: what stands behind the comma is no password.',
        'users.csv, line 5: carol was there before.',
        'No account was made.',
        '',
      ]
        .join('\n')
        .replaceAll(/^(?=.)/gm, 'securechat: '),
    ),
  );
  t.strictSame(
    await runCli(['user', 'import', 'none.csv'], { cwd }),
    failed('securechat: none.csv cannot be read (no such file or directory).\n'),
  );
  t.strictSame(readdirSync(cwd), ['users.csv']);
});

await test('a heading is not made an account whose password everybody knows', async (t) => {
  const cwd = t.testdir();
  for (const heading of ['name,password', 'User,Password', '\uFEFFusername, password\r']) {
    t.strictSame(
      await runCli(['user', 'import', '-'], { cwd, input: `${heading}\ncarol,password1\n` }),
      failed(
        'securechat: -, line 1: this is a heading, and would be made an account: remove it.\nsecurechat: No account was made.\n',
      ),
    );
  }
  t.match(
    await runCli(['user', 'import', '-'], { cwd, input: 'carol,password1\nname,password\n' }),
    {
      code: 0,
      stdout: 'Added 2 of 2 accounts.\n',
    },
  );
});

await test('that an account was erased is said of it, whatever is wanted with it', async (t) => {
  const cwd = t.testdir();
  const user = (...args: string[]) => runCli(['user', ...args], { cwd, input: 'password1\n' });
  await user('add', 'carol');
  t.match(await user('erase', '--yes', 'carol'), { code: 0 });
  const erased = failed('securechat: carol was erased: the account is closed for ever.\n');
  for (const action of ['passwd', 'suspend', 'reinstate'])
    t.strictSame(await user(action, 'carol'), erased, action);
  t.strictSame(await user('list'), done('carol (erased)\n'));
  t.strictSame(await user('add', 'carol'), failed('securechat: The name carol is taken.\n'));
});

await test('on Redis it is the same, with eight partitions', async (t) => {
  const cwd = t.testdir();
  await using redis = await startRedis();
  const env = { REDIS_URL: redis.url, SECURECHAT_PARTITIONS: '8' };
  const user = (...args: string[]) => runCli(['user', ...args], { cwd, env, input: 'password1\n' });
  for (const name of ['carol', 'bob', 'dave']) t.match(await user('add', name), { code: 0 });
  t.strictSame(await user('suspend', 'bob'), done('Suspended bob.\n'));
  t.strictSame(await user('list'), done('bob (suspended)\ncarol\ndave\n'));
  t.strictSame(readdirSync(cwd), []);
});

await test('a store that cannot be used is told in a sentence', async (t) => {
  const cwd = t.testdir();
  const both = await runCli(['user', 'list', '--data', 'd', '--redis', 'redis://a'], { cwd });
  t.strictSame(
    both,
    failed('securechat: Only one store can be used, but --redis and --data are given.\n', 2),
  );
  const env = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
  const { code, stderr } = await runCli(['user', 'list'], { cwd, env });
  t.match(stderr, /^securechat: No Redis answers at redis:\/\/127\.0\.0\.1:\d+ .*\n$/);
  t.equal(code, 1);
});

await test('at a terminal the password is asked for twice, and never shown', async (t) => {
  const cwd = t.testdir();
  t.strictSame(
    await atTerminal(['user', 'add', 'carol'], ['password1\r', 'password1\r'], cwd),
    'Password for carol: \nThe same again: \nAdded carol.\n0',
  );
  t.strictSame(
    await atTerminal(['user', 'passwd', 'carol'], ['password2\r', 'password3\r'], cwd),
    'Password for carol: \nThe same again: \nsecurechat: The two are not the same: nothing was changed.\n1',
  );
  t.strictSame(
    await atTerminal(['user', 'passwd', 'carol'], ['pass\u0003'], cwd),
    'Password for carol: \nsecurechat: No password was given: nothing was changed.\n1',
  );
});

/** Types each text when the next question (ending in `: `) has come; answers all that was shown. */
async function atTerminal(
  args: readonly string[],
  typed: readonly string[],
  cwd: string,
): Promise<string> {
  const script = `
import os, pty, sys
typed, command = sys.argv[1].split('|'), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = asked = b''
while True:
    try:
        chunk = os.read(terminal, 1024)
    except OSError:
        break
    shown += chunk
    asked += chunk
    if asked.endswith(b': ') and typed:
        asked = b''
        os.write(terminal, typed.pop(0).encode())
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(shown.decode().replace('\\r', '') + str(status), end='')
`;
  const command = [process.execPath, mainFile, ...args];
  return runPython(script, [typed.join('|'), ...command], {
    cwd,
    env: { PATH: process.env['PATH'], TERM: 'xterm' },
    timeoutMs: 30_000,
  });
}
