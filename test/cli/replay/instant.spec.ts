import { deepStrictEqual } from 'node:assert/strict';
import { instantText, parseInstant } from '../../../cli/replay/instant.ts';
import { rule } from '../../support/given.ts';

const now = Date.UTC(2026, 10, 27, 12);
const at = (text: string): string | undefined => {
  const instant = parseInstant(text, now);
  return instant === undefined ? undefined : new Date(instant).toISOString();
};

rule('a time is a date, with a time of day and a zone if there are any; UTC without', () => {
  deepStrictEqual(at('2026-11-27'), '2026-11-27T00:00:00.000Z');
  deepStrictEqual(at('2026-11-27 06:19'), '2026-11-27T06:19:00.000Z');
  deepStrictEqual(at('2026-11-27 06:19:52'), '2026-11-27T06:19:52.000Z');
  deepStrictEqual(at('2026-11-27T06:19:52.25Z'), '2026-11-27T06:19:52.250Z');
  deepStrictEqual(at('2026-11-27T06:19:52+01:00'), '2026-11-27T05:19:52.000Z');
});

rule('a duration is so long ago', () => {
  deepStrictEqual(at('now'), '2026-11-27T12:00:00.000Z');
  deepStrictEqual(at('90s'), '2026-11-27T11:58:30.000Z');
  deepStrictEqual(at('2h'), '2026-11-27T10:00:00.000Z');
  deepStrictEqual(at('3d'), '2026-11-24T12:00:00.000Z');
});

rule('what is no time is none', () => {
  for (const text of [
    '',
    'yesterday',
    '27.11.2026',
    '2026-13-01',
    '2026-02-30',
    '25:00',
    '5',
    '-5m',
  ])
    deepStrictEqual(at(text), undefined, text);
});

rule('people read UTC, to the second', () => {
  deepStrictEqual(instantText(Date.UTC(2026, 10, 27, 6, 19, 52, 999)), '2026-11-27 06:19:52');
});
