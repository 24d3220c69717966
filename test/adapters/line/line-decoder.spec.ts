import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';

import { type DecodedLine, LineDecoder } from '../../../adapters/line/line-decoder.ts';
import { lineBytesMax } from '../../../core/limits.ts';
import { rule } from '../../support/given.ts';
import { always } from '../../support/always.ts';

const line = (text: string): DecodedLine => ({ kind: 'line', text });
const tooLong: DecodedLine = { kind: 'tooLong' };
const notUtf8: DecodedLine = { kind: 'notUtf8' };

/** What a new decoder makes of these chunks; `null` stands for a silence. */
function decoded(...chunks: readonly (Buffer | string | null)[]): DecodedLine[] {
  const decoder = new LineDecoder();
  return chunks.flatMap((chunk) =>
    chunk === null ? decoder.quiet() : [...decoder.push(Buffer.from(chunk))],
  );
}

/** Whether a silence after these chunks would decide how the client is read. */
function awaits(...chunks: readonly string[]): boolean {
  const decoder = new LineDecoder();
  const lines = chunks.flatMap((chunk) => [...decoder.push(Buffer.from(chunk))]);
  return lines.length <= chunks.length && decoder.awaitsQuiet;
}

rule('lines end with a line feed, or with a carriage return before it', () =>
  deepStrictEqual(decoded('one\r\n\ntwo\nth', 'ree\r', '\n\r', 'four'), [
    line('one'),
    line(''),
    line('two'),
    line('three'),
  ]),
);
rule('a line may be cut anywhere, within a character too', () => {
  const bytes = Buffer.from('grüße 🙂 an alle\r\n');
  for (let at = 0; at <= bytes.length; at++)
    deepStrictEqual(decoded(bytes.subarray(0, at), bytes.subarray(at)), [line('grüße 🙂 an alle')]);
});
rule('a line is as long as the limit, without its end, and no longer', () => {
  const longest = 'x'.repeat(lineBytesMax);
  deepStrictEqual(decoded(`${longest}\n`, `${longest}\r\n`), [line(longest), line(longest)]);
  deepStrictEqual(decoded(`${longest}x\n`, 'next\n'), [tooLong, line('next')]);
  deepStrictEqual(decoded(`${longest}x\r\nnext\n`), [tooLong, line('next')]);
  deepStrictEqual(decoded(longest, '\r', 'x', '\n', 'next\n'), [tooLong, line('next')]);
  deepStrictEqual(decoded('\n', longest, '\r', '\n'), [line(''), line(longest)]);
});
rule('a line that never ends is told once, and costs no memory', () => {
  const decoder = new LineDecoder();
  deepStrictEqual([...decoder.push(Buffer.from('begun\n'))], [line('begun')]);
  const told = Array.from({ length: 1_000 }, () => [...decoder.push(Buffer.alloc(16_384, 'x'))]);
  deepStrictEqual(told.flat(), [tooLong]);
  deepStrictEqual([...decoder.push(Buffer.from('x\nnext\n'))], [line('next')]);
});
rule('bytes that are no UTF-8 are told, and the next line is read', () => {
  for (const bytes of [
    '\xff',
    '\xc3\x28',
    '\xed\xa0\x80',
    '\xf4\x90\x80\x80',
    '\xc0\xaf',
    '\xe2\x82',
  ])
    deepStrictEqual(decoded(Buffer.from(`${bytes}\nnext\n`, 'latin1')), [notUtf8, line('next')]);
});

rule('what was read is wiped once all its lines were decoded, and not before', () => {
  const decoder = new LineDecoder();
  const [begun, ended] = [Buffer.from('first\nsec'), Buffer.from('ond\nthird\n')];
  deepStrictEqual([...decoder.push(begun)], [line('first')]);
  deepStrictEqual(begun, Buffer.alloc(begun.length));
  const lines = decoder.push(ended);
  deepStrictEqual(lines.next().value, line('second'));
  deepStrictEqual([...lines], [line('third')]);
  deepStrictEqual(ended, Buffer.alloc(ended.length));
});

rule('a client that sends no line end and falls silent is read one record at a time', () =>
  deepStrictEqual(decoded('LOGIN al', 'ice', null, '/join a', '/who', 'x'.repeat(lineBytesMax)), [
    line('LOGIN alice'),
    line('/join a'),
    line('/who'),
    line('x'.repeat(lineBytesMax)),
  ]),
);
rule('a record past the limit is told, and the next one is read', () => {
  const past = 'x'.repeat(lineBytesMax + 1);
  deepStrictEqual(decoded('a', null, past, 'b'), [line('a'), tooLong, line('b')]);
  deepStrictEqual(decoded(`${past}x`, null, 'b'), [tooLong, line('b')]);
});
rule('a record that is no UTF-8 is told', () =>
  deepStrictEqual(decoded('a', null, Buffer.from([0xc3]), 'b'), [line('a'), notUtf8, line('b')]),
);
rule('the first line end makes it a connection of lines for good', () =>
  deepStrictEqual(decoded('one', null, 'two', 'three\nfo', null, 'ur\n', 'five', null), [
    line('one'),
    line('two'),
    line('three'),
    line('four'),
  ]),
);
rule('a silence decides only while something was sent and no line end', () => {
  deepStrictEqual(
    [awaits(), awaits('a'), awaits('a\n'), awaits('a\nb'), awaits('x'.repeat(9_999))],
    [false, true, false, false, true],
  );
  deepStrictEqual(decoded(null, 'a\nb', null, '\n', null), [line('a'), line('b')]);
});

/** Whatever comes: text, bytes, line ends and lines about as long as the limit. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((some) => Buffer.from(some)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.constantFrom('\n', '\r\n', '\r', '\n\n').map((text) => Buffer.from(text)),
      fc
        .tuple(fc.integer({ min: -2, max: 3 }), fc.constantFrom('x', 'ü', '🙂'))
        .map(([more, unit]) => Buffer.alloc(lineBytesMax + more, unit)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));
/** Anywhere, and often about where a line gets too long. */
const cuts = fc.array(
  fc.oneof(fc.nat(5_000), fc.integer({ min: lineBytesMax + 2, max: lineBytesMax + 12 })),
  { maxLength: 20 },
);

rule('however the same bytes are cut, they are the same lines', (t) =>
  always(
    t,
    'randomBytes',
    fc.property(bytes, cuts, (sent, places) => {
      // The first line end comes at once: without one, how bytes are cut is what is read.
      const all = Buffer.concat([Buffer.from('first\n'), sent]);
      deepStrictEqual(decoded(...cutAt(all, places)), decoded(all));
      if (all.length < 200) deepStrictEqual(decoded(...cutAt(all, [...all.keys()])), decoded(all));
    }),
  ),
);
rule('a line comes out as it went in, between any others', () =>
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), cuts, (texts, places) => {
      const lines = texts.map((text) => text.replace(/[\r\n]/g, ''));
      const sent = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      deepStrictEqual(decoded(...cutAt(sent, places)), sent.length === 0 ? [] : lines.map(line));
    }),
  ),
);

/** Places past the end count from the beginning again. */
function cutAt(all: Buffer, places: readonly number[]): Buffer[] {
  const at = places.map((place) => place % (all.length + 1)).toSorted((one, other) => one - other);
  return [0, ...at].map((from, index) => all.subarray(from, at[index] ?? all.length));
}
