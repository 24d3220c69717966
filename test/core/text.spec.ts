import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { Test } from 'tap';
import { cleanText, utf8Length } from '../../core/text.ts';
import { rule } from '../support/given.ts';
import { always } from '../support/always.ts';

const property = <T>(t: Test, values: fc.Arbitrary<T>, check: (value: T) => void): Promise<void> =>
  always(t, 'controlCharacters', fc.property(values, check));

const line = (typed: string): string => cleanText(typed, { lines: false });
const lines = (typed: string): string => cleanText(typed, { lines: true });
/** What no terminal may be sent: C0 but tab, DEL and C1. */
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

const visible = fc.string({ unit: 'binary' }).map((text) => text.replace(/\p{Cc}/gu, ''));
/** Parts of sequences and whole ones, controls, line ends and plain text, in any order. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u001bP', '\u001b\\', '\u001bX', '\u001b^'),
    fc.constantFrom('\u009b', '\u009d', '\u0090', '\u009c', '\u0098', '\u009e', '\u009f', '\u0007'),
    fc.constantFrom('\r', '\n', '\r\n', '\t', '\u007f', '\u0000', '\u0085', '\b', '\u2028'),
    fc.constantFrom('0', ';', '31m', '2J', ' ', '(B', 'c', '~', '\\', '[', ']', 'hello', 'ü', '🙂'),
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  ),
});

rule('no control character is left of any text on one line', (t) =>
  property(t, hostile, (typed) => deepStrictEqual(control.exec(line(typed)), null)),
);
rule('no control character but line ends is left of any text of several lines', (t) =>
  property(t, hostile, (typed) =>
    deepStrictEqual(control.exec(lines(typed).replaceAll('\n', '')), null),
  ),
);
rule('text that was cleaned is clean', (t) =>
  property(t, hostile, (typed) => {
    deepStrictEqual(line(line(typed)), line(typed));
    deepStrictEqual(lines(lines(typed)), lines(typed));
  }),
);
rule('text without control characters is kept as it is', (t) =>
  property(t, visible, (text) => {
    deepStrictEqual(line(`${text}\t${text}`), `${text}\t${text}`);
    deepStrictEqual(lines(`${text}\t\n\n${text}`), `${text}\t\n\n${text}`);
  }),
);
rule('a text of one line is a text of several lines without its line ends', (t) =>
  property(t, hostile, (typed) => deepStrictEqual(line(typed), lines(typed).replaceAll('\n', ''))),
);

const parts = (unit: string) => fc.string({ unit: fc.constantFrom(...unit) });
const one = (unit: string) => fc.constantFrom(...unit);
const intermediates = parts(' !"#$%&\'()*+,-./');
const controlSequence = fc
  .tuple(
    fc.constantFrom('\u001b[', '\u009b'),
    parts('0123456789:;<=>?'),
    intermediates,
    one('@Amhq~{'),
  )
  .map((sequence) => sequence.join(''));
const controlString = fc
  .tuple(
    fc.constantFrom(
      ...']PX^_'.split('').map((letter) => `\u001b${letter}`),
      ...'\u009d\u0090\u0098\u009e\u009f'.split(''),
    ),
    hostile.map((payload) => payload.replace(/[\u0007\u001b\u009c\n]/g, '')),
    fc.constantFrom('\u0007', '\u001b\\', '\u009c'),
  )
  .map((sequence) => sequence.join(''));
const shortEscape = fc
  .tuple(fc.constant('\u001b'), intermediates, one('078=>NOcn|}~'))
  .map((sequence) => sequence.join(''));

for (const [what, sequence] of [
  ['a control sequence', controlSequence],
  ['a control string (OSC, DCS, APC, PM, SOS)', controlString],
  ['a short escape sequence', shortEscape],
] as const)
  rule(`${what} vanishes whole, and nothing around it`, (t) =>
    property(t, fc.tuple(visible, sequence, visible), ([before, escape, after]) => {
      deepStrictEqual(line(before + escape + after), before + after);
      deepStrictEqual(lines(`${before}\n${escape}${after}`), `${before}\n${after}`);
    }),
  );
rule('a control string without an end does not eat the lines after it', (t) =>
  property(t, fc.tuple(controlString, visible), ([escape, after]) => {
    const endless = escape.replace(/(?:\u0007|\u001b\\|\u009c)$/, '');
    deepStrictEqual(lines(`${endless}\n${after}`), `\n${after}`);
    deepStrictEqual(lines(`${endless}\r\n${after}`), `\n${after}`);
    deepStrictEqual(line(`${endless}\n${after}`), after);
  }),
);
rule('a sequence that breaks off at a line’s end does not eat the lines after it', () => {
  for (const broken of ['\u001b', '\u001b[', '\u001b[31', '\u001b[1;2 ', '\u009b5', '\u001b('])
    deepStrictEqual(lines(`a${broken}\nb`), 'a\nb');
});
rule('what terminals are known to obey does not come through', () => {
  const tricks: readonly (readonly [string, string])[] = [
    ['\u001b]0;title\u0007ok', 'ok'],
    ['\u001b]52;c;cGFzdGU=\u001b\\ok', 'ok'],
    ['\u001b]8;;https://a.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b[2J\u001b[Hok', 'ok'],
    ['\u001b[31;1mred\u001b[0m', 'red'],
    ['\u001bPq#0;2;0;0;0#0~~\u001b\\ok', 'ok'],
    ['\u001bcok\u001b(0', 'ok'],
    ['\u001b\u001b[[31mok', '31mok'],
    ['over\rwritten\b\b', 'overwritten'],
    ['a\u0085b\u0084c\u000bd\u000ce', 'abcde'],
  ];
  deepStrictEqual(
    tricks.map(([typed]) => line(typed)),
    tricks.map(([, shown]) => shown),
  );
});
rule('a line end is kept as one, however it was written, where there are lines', () =>
  deepStrictEqual(lines('a\nb\r\nc\rd\r\r\ne\n\rf'), 'a\nb\ncd\ne\nf'),
);

rule('a text’s length in UTF-8 is that of its bytes', (t) =>
  property(t, hostile, (text) => deepStrictEqual(utf8Length(text), Buffer.byteLength(text))),
);
rule('a text’s length in UTF-8 is right at each border', () => {
  const borders = '\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}';
  for (const text of [...Array.from(borders), borders, '', '\ud800', '\udfff', 'a\udc00\ud800b'])
    deepStrictEqual(utf8Length(text), Buffer.byteLength(text));
});
