import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { isInRanges, type NumberRange, withRange } from '../../core/history-read.ts';
import { rule } from '../support/given.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(10))
  .map(([from, more]): NumberRange => [from, from + more]);

rule('merged ranges hold the numbers that were in any of them, in order and apart', () => {
  fc.assert(
    fc.property(fc.array(range), (ranges) => {
      const merged = ranges.reduce<readonly NumberRange[]>(withRange, []);
      for (let number = 0; number <= 80; number++)
        deepStrictEqual(isInRanges(merged, number), isInRanges(ranges, number), String(number));
      for (const [place, [from]] of merged.entries()) {
        const before = merged[place - 1];
        if (before !== undefined) deepStrictEqual(from > before[1] + 1, true, 'they touch');
      }
    }),
  );
});
