import { deepStrictEqual } from 'node:assert/strict';

import { cursorText, isAt, parseCursor } from '../../server/cursor.ts';
import { rule } from '../support/given.ts';

const id = 'Zm9vYmFyYmF6cXV4-_';
const cursors = [
  { partition: 0, position: 0 },
  { partition: 1, position: 1_234_567, id },
  { partition: 2, position: 36 ** 10 - 1, id },
];

rule('a cursor is one short word, and is read as what it was written for', () => {
  const text = cursorText(cursors);
  deepStrictEqual(text.length < 50, true, text);
  const parsed = parseCursor(text, cursors.length) ?? [];
  deepStrictEqual(
    parsed.map(({ partition, position }) => [partition, position]),
    cursors.map(({ partition, position }) => [partition, position]),
  );
  const [, one = { partition: 1, position: 0 }] = parsed;
  deepStrictEqual(isAt(one, { position: 1_234_567, id }), true);
  deepStrictEqual(isAt(one, { position: 1_234_567, id: `x${id}` }), false);
  deepStrictEqual(isAt(one, { position: 1_234_568, id }), false);
});

rule('what is no cursor, or of another number of partitions, is none', () => {
  for (const text of [
    '',
    '0',
    '0~0',
    '0~0~0~0',
    '0~-1~0',
    '0~1.~0',
    '0~A~0',
    '0~zzz~0',
    '0~0.abcdefgh~0',
    `0~${'1'.repeat(11)}~0`,
  ])
    deepStrictEqual(parseCursor(text, 3), undefined, text);
});
