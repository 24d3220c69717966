import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { freePort } from '../support/free-port.ts';
import { startInTmux } from '../support/tmux.ts';
import { until } from '../support/until.ts';
import { clientOf, mainFile, startCli, startServe } from './cli-process.ts';
import { logEnd } from './log-end.ts';

const withinMs = 30_000;
const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

await test('a server goes on when nobody reads what it says, and tells the log of its end', async (t) => {
  const cwd = t.testdir();
  const port = await freePort();
  await using serve = startCli(['serve', '--demo', '--port', String(port)], { cwd });
  // As in `securechat serve 2>&1 | head -0`.
  serve.child.stdout?.destroy();
  serve.child.stderr?.destroy();
  const alice = await until(
    async () => {
      const client = clientOf(t, port, cwd);
      await client.reads(greeting);
      return client;
    },
    { what: 'the server to serve', withinMs },
  );
  alice.send('LOGIN alice password123', 'hello', '/history');
  await alice.sees('SUCCESS: Welcome alice. You are in lobby.');
  await alice.seesMatching(/ alice: hello$/);
  serve.child.kill('SIGTERM');
  const { code } = await serve.ended();
  t.equal(code, 0);
  t.equal(await logEnd(cwd), 'ServerStopped');
});

await test('a server whose terminal is closed tells the log of its end', async (t) => {
  const cwd = t.testdir();
  const port = String(await freePort());
  const command = [process.execPath, mainFile, 'serve', '--port', port];
  await using pane = await startInTmux(command, { columns: 80, rows: 24, cwd });
  await pane.showsMatching(/Ctrl-C$/);
  await pane.hangUp();
  const dir = join(cwd, 'data');
  const letGo = await until(() => openLmdb({ dir, own: true }), { what: 'its end', withinMs });
  await letGo.close();
  t.equal(await logEnd(cwd), 'ServerStopped');
});

await test('a server warns of secret keys that every user of the machine may read', async (t) => {
  const cwd = t.testdir();
  const port = String(await freePort());
  const runs = async (): Promise<string> => {
    await using serve = await startServe(['--port', port], { cwd });
    return serve.output.stderr;
  };
  t.notMatch(await runs(), /chmod/, 'those that it makes are for its owner');
  for (const key of ['master.key', 'audit.key']) chmodSync(join(cwd, 'data', key), 0o644);
  const told = await runs();
  for (const key of ['master.key', 'audit.key'])
    t.match(
      told,
      `data/${key} holds a secret key, and is open to every user of this machine (its mode is 644): run chmod 600 data/${key}.`,
    );
});
