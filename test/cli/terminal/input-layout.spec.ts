import { test } from 'tap';

import { graphemeWidth, textWidth } from '../../../cli/terminal/display-width.ts';
import { type InputLayout, layOut } from '../../../cli/terminal/input-layout.ts';

await test('a character takes the columns that terminals give it', async (t) => {
  const widths: readonly (readonly [string, number])[] = [
    ['a', 1],
    ['é', 1],
    ['e\u0301', 1],
    ['漢', 2],
    ['한', 2],
    ['ｗ', 2],
    ['ｱ', 1],
    ['🙂', 2],
    ['👨‍👩‍👧', 2],
    ['👍🏽', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['\u200b', 0],
    ['\u0301', 0],
  ];
  for (const [character, width] of widths) t.equal(graphemeWidth(character), width, character);
  t.equal(textWidth('a漢🙂'), 5);
});

const laidOut = (text: string, cursor: number): InputLayout =>
  layOut({ prompt: '> ', text, cursor }, 6);

await test('a line is broken where the terminal ends, its cursor with it', async (t) => {
  t.strictSame(laidOut('abc', 1), { rows: ['> abc'], cursor: { row: 0, before: '> a' } });
  t.strictSame(laidOut('abcdef', 6), {
    rows: ['> abcd', 'ef'],
    cursor: { row: 1, before: 'ef' },
  });
  t.strictSame(laidOut('abcdef', 4), { rows: ['> abcd', 'ef'], cursor: { row: 1, before: '' } });
  t.strictSame(laidOut('abcdef', 0), { rows: ['> abcd', 'ef'], cursor: { row: 0, before: '> ' } });
});

await test('behind a full row the cursor gets a row of its own', async (t) => {
  t.strictSame(layOut({ prompt: '> ', text: 'abcd', cursor: 4 }, 6), {
    rows: ['> abcd', ''],
    cursor: { row: 1, before: '' },
  });
  t.strictSame(layOut({ prompt: '> ', text: 'abcd', cursor: 3 }, 6).rows, ['> abcd']);
});

await test('a wide character is not cut in two by the end of a row', async (t) => {
  t.strictSame(layOut({ prompt: '> ', text: 'abc漢d', cursor: 5 }, 6), {
    rows: ['> abc', '漢d'],
    cursor: { row: 1, before: '漢d' },
  });
  t.strictSame(layOut({ prompt: '> ', text: 'abc漢d', cursor: 3 }, 6).cursor, {
    row: 1,
    before: '',
  });
});
