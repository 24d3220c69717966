import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { rule } from '../support/given.ts';

rule('members are sorted by UTF-16 code units, and there is no space (RFC 8785, 3.2.3)', () => {
  const value = {
    '€': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '😀': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    ö: 'Latin Small Letter O With Diaeresis',
  };
  deepStrictEqual(Object.keys(JSON.parse(canonicalJson(value)) as object).length, 7);
  deepStrictEqual(
    [...canonicalJson(value).matchAll(/":"([^"]*)"/g)].map(([, name]) => name),
    [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ],
  );
});

rule('equal values have one text, in whatever order they were made, and it is their JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (made) => {
      const value = made as Json;
      const text = canonicalJson(value);
      deepStrictEqual(canonicalJson(reversed(value)), text);
      deepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

rule('what is undefined is not there', () => {
  deepStrictEqual(canonicalJson({ b: 1, a: undefined }), '{"b":1}');
});

function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  const members = Object.entries(value as Record<string, Json>).toReversed();
  return Object.fromEntries(members.map(([name, member]) => [name, reversed(member)]));
}
