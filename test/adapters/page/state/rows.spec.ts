import { test } from 'tap';

import type { Entry } from '../../../../adapters/page/state/entry.ts';
import type { Outgoing } from '../../../../adapters/page/state/outgoing.ts';
import { type Row, rowsOf } from '../../../../adapters/page/state/rows.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const dayOf = (at: number) => Math.floor(at / dayMs) * dayMs;

await test('messages of one person that are close are one group', (t) => {
  t.strictSame(
    shown([says(1, 'bob', 0), says(2, 'bob', 4), says(3, 'bob', 10), says(4, 'carol', 10)]),
    ['day', 'bob: 1', '2', 'bob: 3', 'carol: 4'],
  );
  t.end();
});

await test('each day begins with its mark, and a group with it', (t) => {
  const minutesOfDay = dayMs / minuteMs;
  const entries = [says(1, 'bob', minutesOfDay - 1), says(2, 'bob', minutesOfDay + 1)];
  t.strictSame(shown(entries), ['day', 'bob: 1', 'day', 'bob: 2']);
  t.end();
});

await test('the line of what is new stands before the first message of another', (t) => {
  const entries = [
    says(1, 'bob', 0),
    passes('joined', 2, 'eve'),
    says(3, 'alice', 0),
    says(4, 'bob', 0),
  ];
  t.strictSame(shown(entries, { newAfter: 1 }), [
    'day',
    'bob: 1',
    'joined eve',
    'alice: 3',
    'new',
    'bob: 4',
  ]);
  t.end();
});

await test('no line is drawn before what was seen last is loaded', (t) => {
  const entries = [says(5, 'bob', 0), says(6, 'bob', 0)];
  t.strictSame(shown(entries, { newAfter: 3, older: 'more' }), ['day', 'bob: 5', '6']);
  t.strictSame(shown(entries, { newAfter: 5, older: 'more' }), ['day', 'bob: 5', 'new', 'bob: 6']);
  t.end();
});

await test('no line is drawn where nothing is new', (t) => {
  t.strictSame(shown([says(1, 'bob', 0)], { newAfter: 1 }), ['day', 'bob: 1']);
  t.end();
});

await test('who comes and goes in a row is one quiet line', (t) => {
  const entries = [
    passes('joined', 1, 'bob'),
    passes('joined', 2, 'carol'),
    passes('left', 3, 'bob'),
    { kind: 'departed', place: 3.5, at: 0, users: ['carol', 'dave'] } as const,
  ];
  t.strictSame(shown(entries), ['day', 'joined bob carol, left bob, lost carol dave']);
  t.end();
});

await test('a gap parts groups, and begins no day', (t) => {
  const gap = {
    kind: 'gap',
    place: 2,
    from: 2,
    to: 5,
    reason: 'passedOver',
    loading: false,
  } as const;
  t.strictSame(shown([gap, says(6, 'bob', 0)]), ['gap 2-5', 'day', 'bob: 6']);
  t.strictSame(shown([says(1, 'bob', 0), gap, says(6, 'bob', 0)]), [
    'day',
    'bob: 1',
    'gap 2-5',
    'bob: 6',
  ]);
  t.end();
});

await test('what is on its way continues one’s own group', (t) => {
  const outgoing = [sent('a', 1), sent('b', 2)];
  t.strictSame(shown([says(1, 'alice', 0)], { outgoing }), ['day', 'alice: 1', '<a>', '<b>']);
  t.strictSame(shown([says(1, 'bob', 0)], { outgoing }), ['day', 'bob: 1', 'alice: <a>', '<b>']);
  t.end();
});

await test('keys of rows are different', (t) => {
  const entries = [says(1, 'bob', 0), passes('joined', 2, 'eve'), says(3, 'bob', 9_000)];
  const rows = rowsOf({ entries, older: 'none' }, [sent('a', 1)], {
    me: 'alice',
    newAfter: 2,
    dayOf,
  });
  t.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
  t.end();
});

interface Shown {
  readonly newAfter?: number;
  readonly older?: 'none' | 'more';
  readonly outgoing?: readonly Outgoing[];
}

function shown(entries: readonly Entry[], { newAfter, older = 'none', outgoing = [] }: Shown = {}) {
  return rowsOf({ entries, older }, outgoing, { me: 'alice', newAfter, dayOf }).map(inShort);
}

function inShort(row: Row): string {
  switch (row.kind) {
    case 'message':
      return `${row.leads ? `${row.message.user}: ` : ''}${row.message.place}`;
    case 'outgoing':
      return `${row.leads ? 'alice: ' : ''}<${row.outgoing.id}>`;
    case 'passage':
      return row.passages.map(({ verb, users }) => [verb, ...users].join(' ')).join(', ');
    case 'gap':
      return `gap ${row.gap.from}-${row.gap.to}`;
    default:
      return row.kind;
  }
}

function says(place: number, user: string, minute: number): Entry {
  return { kind: 'message', place, at: minute * minuteMs, user, text: 'x' };
}

function passes(kind: 'joined' | 'left', place: number, user: string): Entry {
  return { kind, place, at: 0, user };
}

function sent(id: string, minute: number): Outgoing {
  return { id, text: 'x', at: minute * minuteMs, after: 0, status: { kind: 'pending' } };
}
