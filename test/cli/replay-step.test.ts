import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';

import { startInTmux } from '../support/tmux.ts';
import { chatIn } from './chat-folder.ts';
import { mainFile, runCli } from './cli-process.ts';

const unsaid = { NO_COLOR: '1', FORCE_COLOR: '', CI: '' };

await test('at a terminal the history is gone through event by event, forwards and back', async (t) => {
  const cwd = await chatIn(t);
  const command = [process.execPath, mainFile, 'replay', '--step'];
  await using pane = await startInTmux(command, { columns: 100, rows: 24, cwd, env: unsaid });
  await pane.showsMatching(/^Event 1 of 11 {2}position 1 {2}2026-11-27 06:19:52 UTC$/);
  await pane.press('Right', 'Right', 'n');
  await pane.showsMatching(/^Event 4 of 11 /);
  await pane.showsMatching(/^lobby {2}alice joined$/);
  await pane.showsMatching(/^ {2}\+ alice in lobby$/);
  await pane.showsMatching(/^alice on north {35}│ lobby: alice/);
  await pane.press('Left');
  await pane.showsMatching(/^Event 3 of 11 /);
  await pane.showsMatching(/^ {2}\+ alice online, on north$/);
  await pane.press('g');
  await pane.type('2026-11-27 06:22:52');
  await pane.press('Enter');
  await pane.showsMatching(/^server north was lost: what it held is over$/);
  await pane.showsMatching(/^ {2}- bob in lobby$/);
  await pane.press('g');
  await pane.type('99');
  await pane.press('Enter');
  await pane.showsMatching(/^The log ends at position 11: there is no 99 yet\.$/);
  await pane.press('End');
  await pane.showsMatching(/^Event 11 of 11 /);
  await pane.press('Home');
  await pane.showsMatching(/^Event 1 of 11 /);
  await pane.press('q');
  t.equal(await pane.exited(), 0);
});

await test('whoever ends it by a signal has their terminal back as it was', async (t) => {
  const cwd = await chatIn(t);
  const told = ['sh', '-c', 'echo $$ > pid; exec "$0" "$@"', process.execPath, mainFile];
  const size = { columns: 100, rows: 24 };
  await using pane = await startInTmux([...told, 'replay', '--step'], {
    ...size,
    cwd,
    env: unsaid,
  });
  await pane.showsMatching(/^Event 1 of 11 /);
  process.kill(Number(await readFile(join(cwd, 'pid'), 'utf8')), 'SIGTERM');
  t.equal(await pane.exited(), 143);
  t.notMatch((await pane.rows()).join('\n'), /Event/);
});

await test('without a terminal there is nothing to step at', async (t) => {
  const cwd = await chatIn(t);
  const { code, stderr } = await runCli(['replay', '--step'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /^securechat: --step needs a terminal/);
});
