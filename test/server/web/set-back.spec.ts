import { deepStrictEqual } from 'node:assert/strict';

import { partitionOf, roomStream, sessionStream } from '../../../core/stream.ts';
import { gate } from '../../support/gate.ts';
import { type WebHarness, webScene } from '../../support/web-harness.ts';

webScene(
  'a gap begins with the first event that was lost, and takes in what replaced it',
  async (web) => {
    const { chat } = web;
    const alice = await web.login('alice', 0);
    const bob = await web.login('bob', 1);
    const { number: kept } = await bob.say('lobby', 'kept');
    await bob.say('lobby', 'lost');
    await alice.sees('message', ({ text }) => text === 'lost');
    const folded = gate();
    chat.store(0).beforeHead(() => folded.opened);
    chat.log.setBack(0, chat.records('MessagePosted').at(-1)?.position ?? 0);
    await bob.sees('gap');
    await bob.say('lobby', 'new');
    folded.open();
    const gap = await alice.sees('gap');
    deepStrictEqual(
      gap.rooms.map(({ room, from, to }) => [room, from, to]),
      [['lobby', kept + 1, kept + 1]],
    );
    const { messages } = await alice.asks({
      type: 'history',
      room: 'lobby',
      after: kept,
      limit: 10,
    });
    deepStrictEqual(
      messages.map(({ text }) => text),
      ['new'],
    );
    await bob.say('lobby', 'live');
    deepStrictEqual((await alice.sees('message')).number, kept + 2);
  },
);

const partitions = 8;
const partitionOfRoom = (room: string): number => partitionOf(roomStream(room), partitions);
const home = partitionOf(sessionStream('alice'), partitions);
const used = new Set([home, partitionOfRoom('lobby')]);
const [attic = '', cellar = ''] = 'abcdefghijklmnop'.split('').filter((room) => {
  const isFree = !used.has(partitionOfRoom(room));
  used.add(partitionOfRoom(room));
  return isFree;
});

webScene(
  'a gap names the rooms of all partitions that were set back at once, and no other',
  async (web) => {
    const alice = await inRooms(web);
    for (const room of [attic, cellar]) setBackLastOf(web, room);
    const gap = await alice.sees('gap');
    deepStrictEqual(
      gap.rooms.map(({ room, from }) => `${room} ${from}`).toSorted(),
      [attic, cellar].map((room) => `${room} 2`).toSorted(),
    );
    // The others go on.
    for (const room of ['lobby', attic, cellar]) await alice.say(room, 'on');
  },
  { partitions, servers: 1 },
);

webScene(
  'a gap names a room whose join was lost',
  async (web) => {
    const alice = await inRooms(web);
    const [joined] = web.chat.records('RoomJoined').filter(({ event }) => roomOf(event) === attic);
    web.chat.log.setBack(partitionOfRoom(attic), joined?.position ?? 0);
    const gap = await alice.sees('gap');
    deepStrictEqual(
      gap.rooms.map(({ room, from }) => [room, from]),
      [[attic, 1]],
    );
    deepStrictEqual((await alice.sees('joined')).room, attic);
  },
  { partitions, servers: 1 },
);

/** Alice in the lobby and in two rooms of other partitions, where each has heard one message. */
async function inRooms(web: WebHarness) {
  const alice = await web.login('alice', 0);
  for (const room of [attic, cellar]) {
    await alice.asks({ type: 'join', room });
    await alice.say(room, 'lost');
  }
  return alice;
}

function setBackLastOf({ chat }: WebHarness, room: string): void {
  const said = chat.records('MessagePosted').filter(({ event }) => roomOf(event) === room);
  chat.log.setBack(partitionOfRoom(room), said.at(-1)?.position ?? 0);
}

const roomOf = ({ data }: { readonly data: object }): unknown =>
  'room' in data ? data.room : undefined;
