import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatEvent } from '../../../core/event.ts';
import type { Recorded } from '../../../core/event-store.ts';
import { evolveRoom, initialRoom, type Room } from '../../../core/room.ts';
import {
  departuresBy,
  emptyRooms,
  evolveRooms,
  roomsOf,
  roomState,
  type RoomsView,
} from '../../../core/views/rooms.ts';
import { rule } from '../../support/given.ts';
import { arbitraryLog, recordOf } from '../arbitrary-events.ts';
import { always } from '../../support/always.ts';
import { numbersIn, searched, viewOf } from './searched-rooms.ts';

const alice = { user: 'alice', session: 'a1', server: 'north', incarnation: 3 };
const aliceToo = { ...alice, session: 'a2', server: 'south', incarnation: 1 };
const bob = { user: 'bob', session: 'b1', server: 'south', incarnation: 1 };
const joined = (member: typeof alice, name = 'lobby'): ChatEvent => ({
  type: 'RoomJoined',
  data: { room: name.toLowerCase(), name, ...member },
});
const left = ({ user, session }: typeof alice, room = 'lobby'): ChatEvent => ({
  type: 'RoomLeft',
  data: { room, user, session },
});
const ended = (server: string, incarnation: number): ChatEvent => ({
  type: 'ServerLost',
  data: { server, incarnation },
});

const fold = (records: readonly Recorded[]): RoomsView => {
  let view = emptyRooms();
  for (const recorded of records) view = evolveRooms(view, recorded);
  return view;
};
const after = (...events: ChatEvent[]): RoomsView =>
  fold(events.map((event, index) => recordOf(event, 0, index + 1)));
/** `room: session …` for each room, sorted. */
const members = (view: RoomsView): string[] =>
  [...view.byRoom.values()]
    .map((room) => `${room.name}: ${[...room.members.keys()].join(' ')}`)
    .toSorted();
/** `session from room` for each departure, in their order. */
const departures = (view: RoomsView, event: ChatEvent, partition = 0): string[] =>
  departuresBy(view, recordOf(event, partition)).map(
    ({ session, user, room }) => `${user} ${session} ${room.room}`,
  );

rule('members are in the rooms they joined', () =>
  deepStrictEqual(members(after(joined(alice), joined(bob), joined(bob, 'IITKGP'))), [
    'IITKGP: b1',
    'lobby: a1 b1',
  ]),
);
rule('who has left is out of that room alone', () =>
  deepStrictEqual(members(after(joined(bob), joined(bob, 'IITKGP'), left(bob))), ['IITKGP: b1']),
);
rule('the users of a room are those who have not left', () => {
  const room = after(joined(alice), joined(bob), left(alice)).byRoom.get('lobby');
  deepStrictEqual(room?.users, new Map([['bob', 1]]));
});
rule('an empty room is forgotten', () =>
  deepStrictEqual(after(joined(alice), joined(bob), left(alice), left(bob)), emptyRooms()),
);
rule('a room is shown as its first member wrote it, for as long as it is occupied', () => {
  const view = after(joined(alice, 'IITKGP'), joined(bob, 'iitkgp'), left(alice, 'iitkgp'));
  deepStrictEqual(members(view), ['IITKGP: b1']);
});
rule('an emptied room is shown as who joins next wrote it', () => {
  const view = after(joined(alice, 'IITKGP'), left(alice, 'iitkgp'), joined(bob, 'IitKgp'));
  deepStrictEqual(members(view), ['IitKgp: b1']);
});
rule('a user in a room by two sessions is there until both have left', () => {
  const both = after(joined(alice), joined(aliceToo));
  deepStrictEqual(both.byRoom.get('lobby')?.users, new Map([['alice', 2]]));
  const one = after(joined(alice), joined(aliceToo), left(alice));
  deepStrictEqual(one.byRoom.get('lobby')?.users, new Map([['alice', 1]]));
  deepStrictEqual(
    after(joined(alice), joined(aliceToo), left(alice), left(aliceToo)),
    emptyRooms(),
  );
});
rule('a takeover keeps the user in the room until the former session leaves it', () => {
  const taken: ChatEvent[] = [
    joined(alice),
    { type: 'SessionClosed', data: { user: 'alice', session: 'a1', reason: 'takenOver' } },
    { type: 'SessionOpened', data: aliceToo },
    joined(aliceToo),
  ];
  deepStrictEqual(members(after(...taken)), ['lobby: a1 a2']);
  deepStrictEqual(members(after(...taken, left(alice))), ['lobby: a2']);
});
rule('the rooms of a session are those it is in', () => {
  const view = after(joined(bob), joined(bob, 'IITKGP'), joined(alice), left(bob));
  deepStrictEqual(
    [...roomsOf(view, 'b1')].map(({ room }) => room),
    ['iitkgp'],
  );
  deepStrictEqual(roomsOf(view, 'nobody').size, 0);
});
rule('a room without members is empty to its rules', () =>
  deepStrictEqual(roomState(after(joined(alice)), 'iitkgp'), initialRoom),
);

rule('a server’s end ends the memberships of its incarnation and of those before it', () => {
  const before = { ...bob, server: 'north', incarnation: 1 };
  deepStrictEqual(members(after(joined(alice), joined(before), ended('north', 3))), []);
});
rule('a server’s end leaves the members of a later incarnation and of other servers', () =>
  deepStrictEqual(members(after(joined(alice), joined(bob), ended('north', 1))), ['lobby: a1 b1']),
);
rule('a server’s end ends the memberships of its partition alone', () => {
  const joins = [recordOf(joined(alice), 0), recordOf(joined(alice, 'IITKGP'), 1)];
  deepStrictEqual(members(fold([...joins, recordOf(ended('north', 3), 1)])), ['lobby: a1']);
});
rule('who leaves is told, and only once', () => {
  deepStrictEqual(departures(after(joined(alice)), left(alice)), ['alice a1 lobby']);
  deepStrictEqual(departures(after(joined(alice), left(alice)), left(alice)), []);
  deepStrictEqual(departures(after(joined(alice)), joined(bob)), []);
});
rule('who leaves by a server’s end is told in the order of sessions, then of rooms', () => {
  const carol = { ...alice, user: 'carol', session: 'C9' };
  const view = after(
    joined(alice, 'zoo'),
    joined(bob, 'zoo'),
    joined(carol, 'zoo'),
    joined(alice, 'lobby'),
    joined(alice, 'attic'),
  );
  const expected = ['carol C9 zoo', 'alice a1 attic', 'alice a1 lobby', 'alice a1 zoo'];
  deepStrictEqual(departures(view, ended('north', 3)), expected);
});

rule('the rooms are those that a search of the log finds', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) =>
      deepStrictEqual(fold(log), viewOf(searched(log), numbersIn(log))),
    ),
  ),
);
rule('the departures of a record are what the rooms lose by it', (t) =>
  always(
    t,
    'departures',
    fc.property(arbitraryLog, arbitraryLog, (log, more) => {
      for (const recorded of more) {
        const before = searched(log);
        const kept = new Set(
          searched([...log, recorded]).map(({ room, session }) => `${session} ${room}`),
        );
        const expected = before
          .map(({ room, session, user }) => `${session} ${room} ${user}`)
          .filter((membership) => !kept.has(membership.slice(0, membership.lastIndexOf(' '))))
          .toSorted();
        const told = departuresBy(fold(log), recorded).map(
          ({ room, session, user }) => `${session} ${room.room} ${user}`,
        );
        deepStrictEqual(told, expected);
      }
    }),
  ),
);
rule('the rooms do not depend on how partitions take turns', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      const byPartition = log.toSorted((one, other) => one.partition - other.partition);
      deepStrictEqual(fold(byPartition), fold(log));
    }),
  ),
);
rule('a room in the view is the room that its own events fold to', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      const running = log.filter(({ event: { type } }) => !/^Server(Stopped|Lost)$/.test(type));
      const rooms = new Map<string, Room>();
      for (const { event } of running)
        if (event.type === 'RoomJoined' || event.type === 'RoomLeft')
          rooms.set(event.data.room, evolveRoom(rooms.get(event.data.room) ?? initialRoom, event));
      const view = fold(running);
      for (const [room, expected] of rooms) deepStrictEqual(plain(roomState(view, room)), expected);
    }),
  ),
);

/** A room's state without what the view knows besides. */
const plain = (room: Room): Room =>
  room.status === 'empty'
    ? { status: 'empty' }
    : { status: 'occupied', name: room.name, members: room.members };
