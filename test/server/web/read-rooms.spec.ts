import { deepStrictEqual, ok } from 'node:assert/strict';

import type { EventOf } from '../../../core/event.ts';
import type { NewEvent } from '../../../core/event-store.ts';
import { commitTo, newEvent } from '../../support/events.ts';
import { held, unavailable } from '../../support/faulty-stores.ts';
import { gate } from '../../support/gate.ts';
import { type WebHarness, webScene, webScenes } from '../../support/web-harness.ts';

const stream = 'rooms:alice';
const marks = 10_000;
/** A page of the stream, and what has been added since. */
const recordsMax = 300;

webScenes('an account with ten thousand marks logs in by reading few of them', async (web) => {
  // As a log has them that was written before there were sums.
  const read = Array.from({ length: marks }, (_, number) => lobbyRead(number + 1));
  await append(
    web,
    newEvent({ type: 'RoomKept', data: { user: 'alice', room: 'lobby' } }),
    ...read,
  );
  // The first one sums them up.
  const [, ...later] = [await readBy(web, 0), await readBy(web, 1), await readBy(web, 0)];
  for (const records of later) ok(records <= recordsMax, `${records} records`);
  deepStrictEqual(web.chat.records('KeptRoomsSummed').length, 1);
});

webScene('marks are summed up as they come', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'join', room: 'attic' });
  for (let events = 0; events < 3; events++) {
    await append(web, ...Array.from({ length: 130 }, (_, number) => lobbyRead(number)));
    await alice.asks({ type: 'leave', room: 'attic' });
    await alice.asks({ type: 'join', room: 'attic' });
  }
  deepStrictEqual(web.chat.records('KeptRoomsSummed').length, 3);
  await alice.asks({ type: 'logout' });
  const again = await web.connect(1);
  const { rooms } = await again.login('alice', 'password123');
  deepStrictEqual(rooms.map(({ room }) => room).toSorted(), ['attic', 'lobby']);
});

webScene('marks that come while one is written leave in one commit', async (web) => {
  const alice = await web.login('alice', 0);
  const bob = await web.chat.login('bob', 1);
  await alice.asks({ type: 'join', room: 'attic' });
  bob.send('one', 'two', 'three');
  const numbers = [];
  for (const said of ['one', 'two', 'three'])
    numbers.push((await alice.sees('message', ({ text }) => text === said)).number);
  const shut = gate();
  web.chat.store(0).arrange(held(shut.opened), 'RoomRead');
  for (const number of numbers) await alice.asks({ type: 'read', room: 'lobby', number });
  // Whoever reads backwards has read no less.
  await alice.asks({ type: 'read', room: 'lobby', number: numbers[1] ?? 0 });
  await alice.asks({ type: 'read', room: 'attic', number: 1 });
  shut.open();
  await alice.asks({ type: 'logout' });
  const read = web.chat
    .records('RoomRead')
    .map(({ event, cause }) => ({ mark: event as EventOf<'RoomRead'>, cause }));
  deepStrictEqual(
    read.map(({ mark: { data } }) => [data.room, data.through]),
    [
      ['lobby', numbers[0]],
      ['lobby', numbers[2]],
      ['attic', 1],
    ],
  );
  deepStrictEqual(read[1]?.cause, read[2]?.cause);
});

webScene('a mark that the store refused is written when it takes it', async (web) => {
  const alice = await web.login('alice', 0);
  web.chat.store(0).arrange(unavailable, 'RoomRead');
  await alice.asks({ type: 'read', room: 'lobby', number: 1 });
  await web.chat.until(() => web.chat.records('RoomRead').length === 1, 'the mark');
});

webScene('a room that is not kept is not marked as read', async (web) => {
  const alice = await web.login('alice', 0);
  deepStrictEqual(await alice.isRefused({ type: 'read', room: 'attic', number: 1 }), 'NotInRoom');
});

const lobbyRead = (through: number): NewEvent =>
  newEvent({ type: 'RoomRead', data: { user: 'alice', room: 'lobby', through } });

async function append(web: WebHarness, ...events: readonly NewEvent[]): Promise<void> {
  await web.chat
    .store(0)
    .writer('tool', 0)
    .append(commitTo(stream, ...events));
}

/** Logs alice in and out; answers how many records were read of her rooms. */
async function readBy(web: WebHarness, server: number): Promise<number> {
  const store = web.chat.store(server);
  const before = store.recordsRead(stream);
  const alice = await web.login('alice', server);
  await alice.asks({ type: 'logout' });
  return store.recordsRead(stream) - before;
}
