import { test } from 'tap';

import { type Chunk, chunksOf } from '../../../../adapters/page/state/chunks.ts';
import type { Entry } from '../../../../adapters/page/state/entry.ts';
import type { Outgoing } from '../../../../adapters/page/state/outgoing.ts';
import { rowsOf } from '../../../../adapters/page/state/rows.ts';

const messages = Array.from({ length: 200 }, (_, index): Entry => said(index + 1));

await test('chunks one after the other are the rows', (t) => {
  const rows = rowsIn(messages);
  t.strictSame(
    chunksOf(rows).flatMap((chunk) => chunk.rows),
    rows,
  );
  t.end();
});

await test('what comes at the end leaves the chunks before it as they are', (t) => {
  const before = chunksOf(rowsIn(messages));
  const after = chunksOf(rowsIn([...messages, said(201)]), before);
  t.equal(after.length, before.length);
  t.strictSame(drawnAgain(before, after), ['chunk:6']);
  t.end();
});

await test('what is loaded before leaves the chunks behind it as they are', (t) => {
  const before = chunksOf(rowsIn(messages.slice(100)));
  const after = chunksOf(rowsIn(messages), before);
  const again = drawnAgain(before, after);
  t.strictSame(again, ['chunk:0', 'chunk:1', 'chunk:2', 'chunk:3'], 'the first was cut in two');
  t.end();
});

await test('a chunk is drawn again when what it shows has changed', (t) => {
  const gap = { kind: 'gap', place: 201, from: 201, to: 202, reason: 'passedOver' } as const;
  const pairs: readonly (readonly [readonly Entry[], readonly Entry[]])[] = [
    [[{ ...gap, loading: false }], [{ ...gap, loading: true }]],
    [[joined(201)], [joined(201), joined(202)]],
  ];
  for (const [one, other] of pairs) {
    const before = chunksOf(rowsIn([...messages, ...one]));
    const after = chunksOf(rowsIn([...messages, ...other]), before);
    t.strictSame(drawnAgain(before, after), ['chunk:6']);
  }
  const sent = { id: 'a', text: 'x', at: 0, after: 200, status: { kind: 'pending' } } as const;
  const before = chunksOf(rowsIn(messages, [sent]));
  t.strictSame(drawnAgain(before, chunksOf(rowsIn(messages, [sent]), before)), []);
  const stored = { ...sent, status: { kind: 'stored', place: 201 } } as const;
  t.strictSame(drawnAgain(before, chunksOf(rowsIn(messages, [stored]), before)), ['chunk:6']);
  t.end();
});

await test('what is sent into an empty room is a chunk', (t) => {
  const sent = { id: 'a', text: 'x', at: 0, after: 0, status: { kind: 'pending' } } as const;
  t.strictSame(
    chunksOf(rowsIn([], [sent])).map(({ rows }) => rows.length),
    [1],
  );
  t.strictSame(chunksOf([]), []);
  t.end();
});

function said(place: number): Entry {
  return { kind: 'message', place, at: place, user: 'bob', text: 'x' };
}

function rowsIn(entries: readonly Entry[], outgoing: readonly Outgoing[] = []) {
  return rowsOf({ entries, older: 'none' }, outgoing, {
    me: 'alice',
    newAfter: undefined,
    dayOf: () => 0,
  });
}

function drawnAgain(before: readonly Chunk[], after: readonly Chunk[]): readonly string[] {
  return after.filter((chunk) => !before.includes(chunk)).map(({ key }) => key);
}

function joined(place: number): Entry {
  return { kind: 'joined', place, at: 0, user: `user-${place}` };
}
