import { test } from 'tap';

import { chatIn } from './chat-folder.ts';
import { runCli } from './cli-process.ts';

/** Times have a hyphen. */
const bounds = (from: string, to: string): string[] => {
  const [since, until] = [
    /-/.test(from) ? '--since' : '--from-position',
    /-/.test(to) ? '--until' : '--to-position',
  ];
  return [since, from, until, to];
};

await test('what would end before it begins is refused, and what is of one record is not', async (t) => {
  const cwd = await chatIn(t);
  const [seventh, eighth] = ['2026-11-27 06:19:52', '2026-11-27 06:20:52'];
  for (const [from, to] of [
    ['10', '8'],
    ['9', '8'],
    ['8', seventh],
    ['2026-11-27 06:20:53', '8'],
    [eighth, seventh],
  ] as const) {
    const { code, stdout, stderr } = await runCli(['replay', ...bounds(from, to)], { cwd });
    t.match({ code, stdout }, { code: 2, stdout: '' }, `${from} ${to}`);
    t.match(stderr, /ends before it begins|is later than --until/);
  }
  for (const [from, to] of [
    ['8', '8'],
    ['8', eighth],
    [eighth, '8'],
    [eighth, eighth],
  ] as const) {
    const types = ['--types', 'MessagePosted', '--format', 'ndjson'];
    const { code, stdout, stderr } = await runCli(['replay', ...types, ...bounds(from, to)], {
      cwd,
    });
    t.equal(code, 0, stderr);
    t.match(stdout, /^[^\n]*"text":"hello"[^\n]*\n$/, `${from} ${to}`);
  }
});

await test('a position that the log has not reached is named as it was typed', async (t) => {
  const cwd = await chatIn(t);
  const { code, stderr } = await runCli(['replay', '--from-position', '99'], { cwd });
  t.match({ code, stderr }, { code: 1, stderr: /there is no 99 yet/ });
  const next = await runCli(['replay', '--from-position', '11'], { cwd });
  t.match(next, { code: 0, stderr: '' });
});
