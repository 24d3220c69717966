import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'tap';

import { freePort } from '../support/free-port.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { type Pane, startInTmux } from '../support/tmux.ts';
import { within } from '../support/until.ts';
import { mainFile, startServe } from './cli-process.ts';

const endsWithinMs = 30_000;
const unsaid = { NO_COLOR: '', FORCE_COLOR: '', CI: '' };

/** Connects in a terminal as one of the demo users. */
async function atTerminal(cwd: string, port: string, user: string, password: string) {
  const command = [process.execPath, mainFile, 'connect', port, '--user', user];
  const pane = await startInTmux(command, { columns: 72, rows: 20, cwd, env: unsaid });
  await pane.showsMatching(/^Password for/);
  await say(pane, password);
  return pane;
}

async function say(pane: Pane, line: string): Promise<void> {
  await pane.type(line);
  await pane.press('Enter');
}

/** Runs `connect` in a pipe, and promises its exit code and what it put out. */
async function piped(cwd: string, args: readonly string[], password: string, input: string) {
  const child = spawn(process.execPath, [mainFile, 'connect', ...args], {
    cwd,
    env: { PATH: process.env['PATH'], SECURECHAT_PASSWORD: password },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endsWithThisProcess(child);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const closed = once(child, 'close');
  child.stdin.end(input);
  await within(closed, endsWithinMs, 'connect to end');
  return { code: child.exitCode, stdout };
}

await test('two people on two servers talk from their terminals, and a program joins in', async (t) => {
  const cwd = t.testdir();
  const [one, two] = [String(await freePort()), String(await freePort())];
  await using serve = await startServe(['--demo', '--port', one, '--port', two], { cwd });
  await using alice = await atTerminal(cwd, one, 'alice', 'password123');
  await alice.shows('lobby>');
  await using bob = await atTerminal(cwd, two, 'bob', 'letmein');
  await bob.shows('lobby>');
  for (const pane of [alice, bob]) {
    await say(pane, '/join IITKGP');
    await pane.shows('SUCCESS: Joined IITKGP', 'IITKGP>');
  }
  await bob.type('half a li');
  await say(alice, 'hello bob 漢字');
  await bob.shows('[IITKGP] alice: hello bob 漢字', 'IITKGP> half a li');
  await bob.press('C-c');
  await say(bob, '/join lobby');
  await bob.shows('SUCCESS: Joined lobby', 'lobby>');
  await say(bob, '/subscribe alice');
  await bob.shows('SUCCESS: Subscribed to alice', 'lobby>');
  await say(alice, 'still here?');
  await bob.shows('[Subbed] alice: still here?', 'lobby>');

  const args = [two, '--user', 'dave', '--room', 'IITKGP'];
  const program = await piped(cwd, args, '123456', 'from a program\n');
  t.equal(program.code, 0);
  t.match(program.stdout, /^STORED IITKGP \S+ \d+$/m);
  await alice.showsMatching(/^\[IITKGP\] dave: from a program$/);

  await using again = await atTerminal(cwd, two, 'alice', 'password123');
  await again.showsMatching(/\(y\/N\)$/);
  await say(again, 'y');
  await again.shows('lobby>');
  t.equal(await alice.exited(), 1, 'the session that was taken over does not come back');
  await again.press('C-d');
  t.equal(await again.exited(), 0);
  t.ok(serve.banner);
});

await test('a client outlives its server', async (t) => {
  const cwd = t.testdir();
  const args = ['--demo', '--port', String(await freePort())];
  const serve = await startServe(args, { cwd });
  await using pane = await atTerminal(cwd, args.at(-1) ?? '', 'alice', 'password123');
  await pane.shows('lobby>');
  await say(pane, '/join IITKGP');
  await pane.shows('IITKGP>');
  await pane.type('half a li');
  serve.child.kill('SIGTERM');
  await pane.showsMatching(/^ERROR: This server is stopping/);
  await serve.ended();
  await using next = await startServe(args, { cwd });
  await pane.shows('Connected again.', 'SUCCESS: Joined IITKGP', 'IITKGP> half a li');
  t.ok(next.banner);
});
