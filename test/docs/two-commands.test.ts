import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { test } from 'tap';

import { clientOf } from '../cli/cli-process.ts';
import { makeBarePath } from '../support/bare-path.ts';
import { freePort } from '../support/free-port.ts';
import { startInTmux } from '../support/tmux.ts';
import { until } from '../support/until.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const installsWithinMs = 240_000;
/** When to give up on a busy machine; how long it took is told, and nothing is promised of it. */
const servesWithinMs = 60_000;
/** What a fresh clone does not have. */
const notCloned = /^(node_modules|dist|\.dist-.*|\.git|\.cache|\.tap|data|certs\/.*\.(crt|key))$/;
const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

await test('the two commands of the README lead to a conversation, with Node and nothing else', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'securechat-clone-'));
  t.teardown(() => rm(root, { recursive: true }));
  const folder = join(root, 'securechat');
  await cp(project, folder, {
    recursive: true,
    filter: (path) => !notCloned.test(relative(project, path)),
  });
  const ports = [await freePort(), await freePort()] as const;
  await onOtherPorts(join(folder, 'package.json'), ports);
  const path = await makeBarePath(join(root, 'bin'));

  const installed = await promisify(execFile)('npm', ['ci'], {
    cwd: folder,
    env: { ...process.env, PATH: path, npm_config_prefer_offline: 'true' },
    timeout: installsWithinMs,
  });
  t.notMatch(installed.stdout + installed.stderr, /warn|deprecated|notice|vulnerab/i);

  const startedAt = performance.now();
  const start = ['env', `PATH=${path}`, 'npm', 'start'];
  await using terminal = await startInTmux(start, { columns: 80, rows: 24, cwd: folder });
  const [alice, bob] = await until(
    async () => {
      const clients = ports.map((port) => clientOf(t, port, folder));
      for (const client of clients) await client.reads(greeting);
      return clients;
    },
    { what: 'both servers to serve', withinMs: servesWithinMs },
  );
  bob?.send('LOGIN bob letmein');
  await bob?.reads('SUCCESS: Welcome bob. You are in lobby.');
  alice?.send('LOGIN alice password123', 'Good morning!');
  await bob?.reads('[lobby] Server: alice joined.', '[lobby] alice: Good morning!');
  const tookMs = Math.round(performance.now() - startedAt);
  t.comment(`from npm start to a line on the other server: ${tookMs} ms`);
  await terminal.showsMatching(/^ {2}Connect +npm run connect -- localhost:\d+$/);
  await terminal.press('C-c');
  // With npm's own code for an interruption.
  await terminal.exited();
  await terminal.shows('Stopped. The log is kept; start again to go on.');
});

/** Those of the README may be taken on this machine. */
async function onOtherPorts(file: string, [one, two]: readonly [number, number]): Promise<void> {
  const text = await readFile(file, 'utf8');
  const other = text.replace('--port 1222 --port 1223', `--port ${one} --port ${two}`);
  if (other === text) throw new Error('npm start no longer names its ports.');
  await writeFile(file, other);
}
