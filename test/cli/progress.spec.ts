import { deepStrictEqual, match, throws } from 'node:assert/strict';
import { progressOn } from '../../cli/progress.ts';
import { rule } from '../support/given.ts';

function drawnBy(
  isTTY: boolean,
  steps: readonly (readonly [ms: number, records: number])[],
): string[] {
  const drawn: string[] = [];
  let now = 0;
  const terminal = { isTTY, write: (text: string) => drawn.push(text) > 0 };
  const progress = progressOn(terminal, 1_000, () => now);
  for (const [ms, records] of steps) {
    now = ms;
    progress.read(records);
  }
  progress.end();
  return drawn;
}

rule('what takes half a second shows a bar on a terminal, and nothing of it is left', () => {
  const [bar = '', end, ...more] = drawnBy(true, [
    [100, 100],
    [600, 400],
    [610, 10],
  ]);
  match(bar, /^\r█{12}░{12} 50% {2}833 events\/s, 1 s left/);
  deepStrictEqual([end, ...more], ['\r\u001b[K']);
});

rule('what fails leaves nothing of the bar before its message', () => {
  const drawn: string[] = [];
  let now = 0;
  const terminal = { isTTY: true, write: (text: string) => drawn.push(text) > 0 };
  const fail = (): void => {
    using progress = progressOn(terminal, 1_000, () => now);
    now = 2_000;
    progress.read(10);
    throw new Error('it breaks off');
  };
  throws(fail, /breaks off/);
  deepStrictEqual(drawn.slice(1), ['\r\u001b[K']);
});

rule('where nobody knows how many there are, they are counted', () => {
  const drawn: string[] = [];
  let now = 0;
  const terminal = { isTTY: true, write: (text: string) => drawn.push(text) > 0 };
  const progress = progressOn(terminal, undefined, () => now);
  now = 2_000;
  progress.reached(12_000);
  match(drawn[0] ?? '', /^\r12,000 events, 6,000 events\/s/);
});

rule('what is over sooner shows none, and neither does what is written to no terminal', () => {
  deepStrictEqual(drawnBy(true, [[400, 1_000]]), []);
  deepStrictEqual(drawnBy(false, [[900, 1_000]]), []);
});
