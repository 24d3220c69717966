import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';

import {
  monthAt,
  monthOfKey,
  placeKeyName,
  type SealedUnder,
  sealedUnder,
} from '../../core/sealing.ts';
import { rule } from '../support/given.ts';

rule('a time lies in the month that the calendar gives it, in UTC', () =>
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('3000-01-01'), noInvalidDate: true }),
      (date) => {
        const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
        deepStrictEqual(monthAt(date.getTime()), month);
        deepStrictEqual(
          placeKeyName('room:lobby', month),
          `room:lobby:${date.toISOString().slice(0, 7)}`,
        );
      },
    ),
    { numRuns: 2_000 },
  ),
);
rule('a key’s name tells its month, and no other place’s', () => {
  const name = placeKeyName('room:lobby', 682);
  deepStrictEqual(name, 'room:lobby:2026-11');
  deepStrictEqual(monthOfKey(name, 'room:lobby'), 682);
  deepStrictEqual(monthOfKey(name, 'room:lob'), undefined);
  deepStrictEqual(monthOfKey('user:alice', 'room:lobby'), undefined);
});
rule('a room’s message is sealed under its author and its room', () => {
  const data = { room: 'lobby', user: 'alice', session: 's' };
  const under = sealedUnder({ type: 'MessagePosted', data, text: 'hello' });
  deepStrictEqual(under, { author: 'alice', place: 'room:lobby' });
});
rule('a direct message is sealed under its author and its pair, whoever writes to whom', () => {
  deepStrictEqual(to('bob', 'alice'), { author: 'bob', place: 'pair:alice:bob' });
  deepStrictEqual(to('alice', 'bob'), { author: 'alice', place: 'pair:alice:bob' });
});
rule('what is no text of a person is not sealed', () =>
  deepStrictEqual(
    sealedUnder({ type: 'RoomLeft', data: { room: 'lobby', user: 'alice', session: 's' } }),
    undefined,
  ),
);

function to(from: string, other: string): SealedUnder | undefined {
  return sealedUnder({ type: 'DirectMessagePosted', data: { from, to: other }, text: 'hello' });
}
