import { deepStrictEqual } from 'node:assert/strict';

import type { Recorded } from '../../core/event-store.ts';
import { recentBytesMax, RecentRecords } from '../../server/recent-records.ts';
import { rule } from '../support/given.ts';

const at = (position: number, text = 'hello'): Recorded => ({
  id: `record ${position}`,
  actor: { server: 'a', incarnation: 1 },
  cause: 'a test',
  event: { type: 'MessagePosted', data: { room: 'lobby', user: 'alice', session: 's1' }, text },
  partition: 0,
  position,
  stream: 'room:lobby',
  revision: position,
  at: 0,
});

const firstOf = (recent: RecentRecords, position: number): number | undefined =>
  recent.from(0, position)?.[0]?.position;

rule('what came after a position is kept, with the record at it', () => {
  const recent = new RecentRecords(1);
  for (const position of [4, 5, 6]) recent.add(at(position));
  deepStrictEqual(
    recent.from(0, 5)?.map(({ position }) => position),
    [5, 6],
  );
  deepStrictEqual(recent.from(0, 3), undefined);
  deepStrictEqual(recent.from(1, 1), undefined);
});

rule('where they take too much memory the older half is given up', () => {
  // A character takes two bytes, a record some more, and partitions share the bound.
  const recent = new RecentRecords(2);
  const text = 'x'.repeat(recentBytesMax / 16 - 1_000);
  for (const position of [1, 2, 3]) recent.add(at(position, text));
  deepStrictEqual(firstOf(recent, 1), 1);
  for (const position of [4, 5]) recent.add(at(position, text));
  deepStrictEqual(firstOf(recent, 2), undefined);
  deepStrictEqual(firstOf(recent, 3), 3);
});
