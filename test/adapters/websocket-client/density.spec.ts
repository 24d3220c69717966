import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';

import type { ClientEvent, Hole } from '../../../adapters/websocket-client/client-event.ts';
import { Density } from '../../../adapters/websocket-client/density.ts';
import { direct, followed, message, moved } from './room-frames.ts';

type Heard = Parameters<Density['heard']>[0];

const inLobby = (number = 10): Density => {
  const density = new Density('alice');
  density.isIn({ room: 'lobby', epoch: 'e1', number });
  return density;
};
const hearing = (density: Density, ...frames: readonly Heard[]): readonly ClientEvent[] =>
  frames.flatMap((frame) => density.heard(frame));
const hole = (from: number, to: number, epoch = 'e1'): Hole => ({
  type: 'hole',
  room: 'lobby',
  epoch,
  from,
  to,
});
const gap = (from: number, to: number): Heard => ({
  type: 'gap',
  reason: 'retention',
  rooms: [{ room: 'lobby', epoch: 'e1', from, to }],
});

void test('whatever is left out of a room or comes again: each event once, and each hole told', async () => {
  const step = fc.record({ leftOut: fc.nat(3), repeated: fc.nat(5) });
  fc.assert(
    fc.property(fc.nat(100), fc.array(step, { maxLength: 30 }), (start, steps) => {
      const density = inLobby(start);
      const told: number[] = [];
      let number = start;
      for (const { leftOut, repeated } of steps) {
        number += leftOut + 1;
        told.push(...numbersOf(density.heard(message(number))));
        for (let back = 0; back < Math.min(repeated, number - start); back += 1)
          deepStrictEqual(density.heard(message(number - back)), []);
      }
      const all = Array.from({ length: number - start }, (_, index) => start + 1 + index);
      deepStrictEqual(told, all, 'as holes or as frames, nothing is missing and nothing twice');
    }),
  );
});

void test('every event of a room counts, of a kind that nobody knows too', async () => {
  const frames: readonly Heard[] = [
    moved('joined', 'bob', 11),
    { type: 'event', room: 'lobby', epoch: 'e1', number: 12, at: 0, kind: 'TopicSet' },
    message(13),
    moved('left', 'bob', 14),
  ];
  deepStrictEqual(hearing(inLobby(), ...frames), frames);
  deepStrictEqual(hearing(inLobby(), ...frames.slice(1))[0], hole(11, 11));
});

void test('one’s own join is heard after its answer or before it', async () => {
  const own = moved('joined', 'alice', 10);
  deepStrictEqual(hearing(inLobby(10), own, message(11)), [own, message(11)]);
  const early = new Density('alice');
  deepStrictEqual(hearing(early, own), [own]);
  early.isIn({ room: 'lobby', epoch: 'e1', number: 10 });
  deepStrictEqual(hearing(early, message(12)), [hole(11, 11), message(12)]);
});

void test('after a page was loaded again, a room goes on from where the cursor was', async () => {
  deepStrictEqual(hearing(inLobby(10), message(8), message(9)), [message(8), message(9)]);
  deepStrictEqual(hearing(inLobby(10), message(12)), [hole(11, 12 - 1), message(12)]);
});

void test('what happens while one is out of a room is no hole', async () => {
  const density = inLobby();
  hearing(density, moved('left', 'alice', 11));
  density.isIn({ room: 'lobby', epoch: 'e1', number: 30 });
  const own = moved('joined', 'alice', 30);
  deepStrictEqual(hearing(density, own, message(31)), [own, message(31)]);
  const departed: Heard = { type: 'departed', room: 'lobby', users: ['alice'], at: 0 };
  deepStrictEqual(hearing(density, departed, moved('joined', 'alice', 40)).length, 2);
});

void test('what is heard again after leaving is dropped as well', async () => {
  const density = inLobby();
  const left = moved('left', 'alice', 11);
  deepStrictEqual(hearing(density, left, followed(15, { room: 'lobby' })).length, 2);
  deepStrictEqual(hearing(density, left, followed(15, { room: 'lobby' })), []);
});

void test('followed and direct messages come once, and need not be dense', async () => {
  const density = inLobby();
  const frames = [followed(3), followed(7), direct(1), direct(4), direct(5, 'alice', 'bob')];
  deepStrictEqual(hearing(density, ...frames), frames);
  deepStrictEqual(hearing(density, ...frames, direct(2, 'carol')), [direct(2, 'carol')]);
});

void test('what the server says is missing is no hole, but what it says nothing of is', async () => {
  deepStrictEqual(hearing(inLobby(), gap(11, 20), message(21)), [gap(11, 20), message(21)]);
  deepStrictEqual(hearing(inLobby(), gap(11, 20), message(22))[1], hole(21, 21));
  deepStrictEqual(hearing(inLobby(), gap(13, 20))[0], hole(11, 12));
});

void test('after the log was set back, changed numbers are new, and so are conversations', async () => {
  const density = inLobby();
  hearing(density, message(11), message(12), direct(3));
  const rooms = [{ room: 'lobby', epoch: 'e2', from: 12 }];
  const setBack: Heard = { type: 'gap', reason: 'epoch', rooms };
  const anew = [setBack, message(12, { epoch: 'e2' }), message(13, { epoch: 'e2' }), direct(3)];
  deepStrictEqual(hearing(density, ...anew), anew);
});

void test('an epoch that begins without a word is a hole', async () => {
  const events = hearing(inLobby(), message(11), message(5, { epoch: 'e2' }));
  deepStrictEqual(events, [message(11), hole(1, 4, 'e2'), message(5, { epoch: 'e2' })]);
});

/** The numbers that events stand for. */
function numbersOf(events: readonly ClientEvent[]): readonly number[] {
  return events.flatMap((event) => {
    if (event.type === 'message') return event.number;
    ok(event.type === 'hole');
    return Array.from({ length: event.to - event.from + 1 }, (_, index) => event.from + index);
  });
}
