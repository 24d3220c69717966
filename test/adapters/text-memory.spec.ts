import { deepStrictEqual, notEqual, strictEqual } from 'node:assert/strict';

import { joinedTexts, leaveTextMemory, textBytes } from '../../adapters/text-memory.ts';
import { rule } from '../support/given.ts';

/** More than one piece of the memory holds, and a text that is longer than a piece. */
const texts = Array.from({ length: 3_000 }, (_, number) => `grüße ${number} `.repeat(number % 40));
const longest = 'ü'.repeat(300_000);

rule('no text is written over by one that comes after it', () => {
  const all = [...texts, longest, ...texts];
  const bytes = all.map(textBytes);
  deepStrictEqual(
    bytes.map((one) => one.toString()),
    all,
  );
  deepStrictEqual(joinedTexts(bytes).toString(), all.join(''));
});

rule('what is written after the memory was left lies in another', () => {
  const before = textBytes('before');
  strictEqual(textBytes('beside').buffer, before.buffer);
  leaveTextMemory();
  notEqual(textBytes('after').buffer, before.buffer);
  deepStrictEqual(before.toString(), 'before');
});
