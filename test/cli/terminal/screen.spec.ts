import fc from 'fast-check';
import { test } from 'tap';

import { graphemesOf, graphemeWidth, textWidth } from '../../../cli/terminal/display-width.ts';
import { type InputLine, layOut } from '../../../cli/terminal/input-layout.ts';
import { Screen } from '../../../cli/terminal/screen.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';
import { always } from '../../support/always.ts';

const input = (text: string, cursor = text.length): InputLine => ({ prompt: '> ', text, cursor });

await test('a line that arrives goes above the input, which stays as it was', async (t) => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal);
  screen.show(input('hello', 2));
  screen.flush();
  screen.print('[lobby] bob: hi');
  screen.flush();
  t.strictSame(terminal.text, ['[lobby] bob: hi', '> hello']);
  t.strictSame(terminal.cursor, { row: 1, column: 4 });
});

await test('what happens at one moment is drawn by one write', async (t) => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal);
  screen.print('one');
  screen.print('two');
  screen.show(input('a'));
  screen.show(input('ab'));
  await Promise.resolve();
  t.equal(terminal.writes.length, 1);
  t.strictSame(terminal.text, ['one', 'two', '> ab']);
});

await test('an input with more rows than the terminal shows those around the cursor', async (t) => {
  const terminal = new FakeTerminal(4, 3);
  const screen = new Screen(terminal);
  screen.show(input('abcdefghijklmnop'));
  screen.flush();
  t.strictSame(terminal.text, ['ghij', 'klmn', 'op']);
  screen.print('new');
  screen.show(input('abcdefghijklmnop', 0));
  screen.flush();
  t.strictSame(terminal.text, ['new', '> ab', 'cdef', 'ghij']);
  t.strictSame(terminal.cursor, { row: 1, column: 2 });
});

await test('without an input the cursor waits where the next line goes', async (t) => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal);
  screen.show(input('a'));
  screen.flush();
  screen.show(undefined);
  screen.print('bye');
  screen.flush();
  t.strictSame(terminal.text, ['bye', '']);
  t.strictSame(terminal.cursor, { row: 1, column: 0 });
});

await test('Ctrl-L leaves nothing but the input, at the top', async (t) => {
  const terminal = new FakeTerminal(20, 10);
  const screen = new Screen(terminal);
  screen.print('old');
  screen.show(input('abc', 1));
  screen.flush();
  screen.clear();
  screen.flush();
  t.equal(terminal.text.at(-1), '> abc');
  t.strictSame(terminal.cursor, { row: terminal.text.length - 1, column: 3 });
});

await test('only the prompt is painted, where it begins the input', async (t) => {
  const terminal = new FakeTerminal(6, 10);
  const screen = new Screen(terminal, (prompt) => `\u001b[1m${prompt}\u001b[22m`);
  screen.show(input('abcd> ef'));
  screen.flush();
  const drawn = terminal.writes.join('');
  t.equal(drawn.split('\u001b[1m').length - 1, 1, drawn);
  t.strictSame(terminal.text, ['> abcd', '> ef']);
});

/** Rows of a printed line on a terminal that wraps by itself. */
function wrapped(line: string, columns: number): string[] {
  const rows = [''];
  for (const grapheme of graphemesOf(line)) {
    const last = rows.at(-1) ?? '';
    if (textWidth(last) + graphemeWidth(grapheme) > columns) rows.push(grapheme);
    else rows[rows.length - 1] = last + grapheme;
  }
  return rows;
}

const words = fc.string({
  unit: fc.constantFrom('a', 'b', '-', '漢', '字', '🙂', '👨‍👩‍👧', 'e\u0301', '각'),
  maxLength: 60,
});
const step = fc.oneof(
  fc.record({ print: words }),
  fc.record({ type: words, at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

await test('any lines and any inputs, at any width, leave both whole', async (t) => {
  await always(
    t,
    'screens',
    fc.property(
      fc.integer({ min: 4, max: 50 }),
      fc.array(step, { maxLength: 12 }),
      (columns, steps) => {
        const terminal = new FakeTerminal(columns, 200);
        const screen = new Screen(terminal);
        const printed: string[] = [];
        let typing = input('');
        screen.show(typing);
        for (const one of steps) {
          if ('print' in one) {
            screen.print(one.print);
            printed.push(...wrapped(one.print, columns));
          } else {
            const before = graphemesOf(one.type);
            const cursor = before.slice(0, Math.floor(before.length * one.at)).join('').length;
            typing = input(one.type, cursor);
            screen.show(typing);
          }
          screen.flush();
        }
        screen.flush();
        const { rows, cursor } = layOut(typing, columns);
        const expected = [...printed, ...rows].map((row) => row.trimEnd());
        const place = { row: printed.length + cursor.row, column: textWidth(cursor.before) };
        return (
          JSON.stringify(terminal.text) === JSON.stringify(expected) &&
          JSON.stringify(terminal.cursor) === JSON.stringify(place)
        );
      },
    ),
  );
});
