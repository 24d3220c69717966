import { deepStrictEqual, notEqual, strictEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

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

/** Enough for Node itself, in kilobytes. Not all systems limit addresses. */
const addressesMax = 4_000_000;
const limited = `ulimit -v ${addressesMax} && exec "$0" --input-type=module -e "$1"`;
const memory = new URL('../../adapters/text-memory.js', import.meta.url).href;
const program = `
  import { textBytes } from ${JSON.stringify(memory)};
  const texts = Array.from({ length: 3 }, (_, number) => String(number).repeat(200_000));
  const bytes = texts.map((text) => textBytes(text));
  console.log(bytes.every((one, number) => one.toString() === texts[number]));`;

if (process.platform === 'linux')
  rule('where addresses are limited texts lie in common memory, and are as they should be', () => {
    const told = execFileSync('sh', ['-c', limited, process.execPath, program]);
    strictEqual(told.toString(), 'true\n');
  });
