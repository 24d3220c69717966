import { test } from 'tap';

import { followedRows } from '../../../../adapters/page/state/followed-rows.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const dayOf = (at: number): number => Math.floor(at / dayMs) * dayMs;

const said = (place: number, at: number, user = 'eve', room = 'attic') => {
  return { room, name: room, epoch: 'e1', place, at, user, text: `number ${place}` };
};

await test('what one says in one room is a group, by days; another room begins another', (t) => {
  const rows = followedRows(
    [
      said(1, 0),
      said(2, minuteMs),
      said(3, 2 * minuteMs, 'bob'),
      said(4, 3 * minuteMs, 'bob', 'cellar'),
      said(5, 20 * minuteMs, 'bob', 'cellar'),
      said(6, dayMs - minuteMs),
      said(7, dayMs),
    ],
    dayOf,
  );
  const shown = rows.map((row) =>
    row.kind === 'day' ? 'day' : `${row.message.place}${row.leads ? ' leads' : ''}`,
  );
  t.strictSame(shown, [
    'day',
    '1 leads',
    '2',
    '3 leads',
    '4 leads',
    '5 leads',
    '6 leads',
    'day',
    '7 leads',
  ]);
  t.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
  t.end();
});
