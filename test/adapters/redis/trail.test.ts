import { isDeepStrictEqual } from 'node:util';
import { test } from 'tap';

import {
  checkpointsMax,
  firstStride,
  type Place,
  recentMax,
  Trail,
} from '../../../adapters/redis/trail.ts';

const idOf = (position: number): string => `id ${position}`;

function trailOf(positions: number): Trail {
  const trail = new Trail();
  for (let position = 1; position <= positions; position++) trail.note(position, idOf(position));
  return trail;
}

await test('a trail knows as many of the last records as it may, and not one more', async (t) => {
  const trail = new Trail();
  const first = firstStride + 1;
  for (let count = 0; count < recentMax; count++) trail.note(first + count, idOf(first + count));
  t.equal(trail.places().at(0)?.position, first);
  trail.note(first + recentMax, idOf(first + recentMax));
  const places = trail.places();
  t.equal(places.at(0)?.position, first + 1, 'the oldest made room');
  t.equal(places.length, recentMax);
});

await test('a trail keeps half of its checkpoints when there is one too many', async (t) => {
  const trail = new Trail();
  const note = (count: number): void => trail.note(count * firstStride, idOf(count * firstStride));
  for (let count = 1; count <= checkpointsMax; count++) note(count);
  t.equal(trail.places().length, checkpointsMax);
  note(checkpointsMax + 1);
  const last = (checkpointsMax + 1) * firstStride;
  const older = trail.places().filter(({ position }) => position <= last - recentMax);
  t.ok(older.every(({ position }) => position % (2 * firstStride) === 0));
  t.equal(older.length, Math.floor((last - recentMax) / (2 * firstStride)));
});

await test('records that are read again take no place of later ones', async (t) => {
  const trail = trailOf(200_000);
  const before = trail.places();
  for (let position = 1; position <= 70_000; position++) trail.note(position, idOf(position));
  // Without a report of how tens of thousands differ.
  t.ok(isDeepStrictEqual(trail.places(), before));
});

await test('a trail takes room for what it was told, and not before', async (t) => {
  const roomOf = (trails: number): number => {
    const before = process.memoryUsage();
    const made = Array.from({ length: trails }, () => trailOf(10));
    const after = process.memoryUsage();
    t.equal(made.length, trails);
    return after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed;
  };
  const room = roomOf(256);
  t.ok(room < 256 * 65_536, `${Math.round(room / 256)} bytes each`);
});

await test('a trail knows every one of the last 65,536 records, and some before them', async (t) => {
  const trail = trailOf(200_000);
  t.same(trail.last, { position: 200_000, id: idOf(200_000) });
  const places = trail.places();
  t.ok(isSorted(places));
  t.ok(places.every(({ position, id }) => id === idOf(position)));
  t.equal(places.filter(({ position }) => position > 200_000 - 65_536).length, 65_536);
  const older = places.filter(({ position }) => position <= 200_000 - 65_536);
  t.ok(older.length > 20 && older.length < 100, `${older.length} older ones`);
});

await test('a trail stays small, however long the log is', async (t) => {
  const trail = new Trail();
  for (let position = 4_096; position < 40_000_000; position += 4_096) {
    trail.note(position, idOf(position));
  }
  t.ok(trail.places().length < 65_536);
  const older = trail.places().filter(({ position }) => position < 4_000_000);
  t.ok(older.length >= 10, 'and reaches back to the beginning');
  t.ok(isSorted(trail.places()));
});

await test('a trail takes records in any order, and none twice', async (t) => {
  const trail = new Trail();
  for (const position of [5, 3, 4, 5, 1]) trail.note(position, idOf(position));
  t.same(
    trail.places().map(({ position }) => position),
    [1, 3, 4, 5],
  );
  t.same(trail.last, { position: 5, id: idOf(5) });
});

await test('a trail that is cut ends before the cut', async (t) => {
  const trail = trailOf(100_000);
  trail.cut(70_000);
  t.same(trail.last, { position: 69_999, id: idOf(69_999) });
  trail.note(70_000, 'another');
  t.same(trail.last, { position: 70_000, id: 'another' });
  trail.cut(1);
  t.equal(trail.last, undefined);
  t.same(trail.places(), []);
});

function isSorted(places: readonly Place[]): boolean {
  return places.every(({ position }, index) => position > (places[index - 1]?.position ?? 0));
}
