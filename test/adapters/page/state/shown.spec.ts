import { test } from 'tap';

import type { Entry } from '../../../../adapters/page/state/entry.ts';
import {
  indicesOf,
  newerShown,
  newestShown,
  olderShown,
  type Shown,
  shownAround,
  shownEntriesMax,
  trimmed,
} from '../../../../adapters/page/state/shown.ts';

const some = said(50);
const many = said(5_000);

await test('of little all is shown, and of much the newest', (t) => {
  t.strictSame(indicesOf(some, newestShown(some)), [0, 50]);
  const [first, last] = indicesOf(many, newestShown(many));
  t.equal(last, 5_000);
  t.ok(first > 4_500);
  t.strictSame(indicesOf([], newestShown([])), [0, 0]);
  t.end();
});

await test('what comes is shown at once, and so is what is loaded before the first', (t) => {
  const shown = newestShown(some);
  t.strictSame(indicesOf(said(60), shown), [0, 60]);
  t.end();
});

await test('reading back comes to the first, and forward again to the last', (t) => {
  let shown = newestShown(many);
  for (let steps = 0; indicesOf(many, shown)[0] > 0; steps++) {
    const [first, last] = indicesOf(many, shown);
    shown = olderShown(many, shown);
    t.ok(overlap(shown, first, last), 'what is in sight stays');
    if (steps > 100) throw new Error('The first is not reached');
  }
  for (let steps = 0; shown.to !== Infinity; steps++) {
    const [first, last] = indicesOf(many, shown);
    shown = newerShown(many, shown);
    t.ok(overlap(shown, first, last), 'what is in sight stays');
    if (steps > 100) throw new Error('The last is not reached');
  }
  t.end();
});

await test('a message that was searched for is shown with what is around it', (t) => {
  for (const place of [1, 2_500, 5_000]) {
    const [first, last] = indicesOf(many, shownAround(many, place));
    t.ok(first < place && place <= last, `${place}`);
    t.ok(last - first <= shownEntriesMax);
  }
  t.end();
});

await test('what is too much makes way where nobody is', (t) => {
  const all: Shown = { from: -Infinity, to: Infinity };
  t.strictSame(indicesOf(many, trimmed(many, all, false)), [0, shownEntriesMax]);
  const [first, last] = indicesOf(many, trimmed(many, all, true));
  t.ok(first > 4_500 && last === 5_000);
  t.equal(trimmed(some, all, true), all);
  t.equal(trimmed(some, all, false), all);
  t.end();
});

/** At most so many are shown, and some screens of what was shown before are among them. */
function overlap(shown: Shown, first: number, last: number): boolean {
  const [nowFirst, nowLast] = indicesOf(many, shown);
  const both = Math.min(last, nowLast) - Math.max(first, nowFirst);
  return nowLast - nowFirst <= shownEntriesMax && both >= 100;
}

function said(count: number): readonly Entry[] {
  return Array.from({ length: count }, (_, index) => {
    return { kind: 'message', place: index + 1, at: index, user: 'bob', text: 'x' } as const;
  });
}
