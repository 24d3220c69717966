import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import type { KeptRoomsEvent } from '../../core/kept-rooms.ts';
import { keptRoomsStream } from '../../core/stream.ts';
import { loadKeptRooms, type LoadedKeptRooms } from '../../server/loaded-kept-rooms.ts';
import { keepSnapshots } from '../../server/snapshot-run.ts';
import { commitTo, messagePosted, newEvent } from '../support/events.ts';

const user = 'alice';
const kept = (room: string): KeptRoomsEvent => ({ type: 'RoomKept', data: { user, room } });
const read = (through: number): KeptRoomsEvent => ({
  type: 'RoomRead',
  data: { user, room: 'attic', through },
});
const summed: KeptRoomsEvent = {
  type: 'KeptRoomsSummed',
  data: { user, rooms: [{ room: 'attic', read: 2 }] },
};

const streams: Readonly<Record<string, readonly KeptRoomsEvent[]>> = {
  'without a sum': [kept('attic'), read(1), read(2), kept('cellar'), read(3)],
  'with a sum': [kept('attic'), read(1), read(2), summed, kept('cellar'), read(3)],
};

const stateOf = ({ state, revision }: LoadedKeptRooms): unknown => ({ state, revision });

for (const [name, given] of Object.entries(streams)) {
  void test(`the rooms that an account keeps outlive a trim at any place, ${name}`, async () => {
    for (let gone = 1; gone <= given.length; gone++) {
      const { events } = openMemory();
      const writer = events.writer('a', 1);
      const known: LoadedKeptRooms[] = [];
      for (const event of given) {
        known.push(await loadKeptRooms(events, user));
        await writer.append(commitTo(keptRoomsStream(user), newEvent(event)));
      }
      // The last record of a log is never taken.
      await writer.append(commitTo('room:lobby', messagePosted('x')));
      const whole = stateOf(await loadKeptRooms(events, user));
      const { epoch } = await events.head(0);
      // Before them lies what began the log.
      await keepSnapshots(events, 0, gone + 1);
      await events.trim(0, gone + 2, epoch);
      deepStrictEqual(stateOf(await loadKeptRooms(events, user)), whole, `${gone} gone`);
      for (const before of known)
        deepStrictEqual(stateOf(await loadKeptRooms(events, user, before)), whole, `${gone} gone`);
    }
  });
}
