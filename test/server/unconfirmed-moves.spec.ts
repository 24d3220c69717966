import { match } from 'node:assert/strict';

import { partitionOf, roomStream } from '../../core/stream.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { scene } from '../support/chat-harness.ts';
import { lost, unavailable } from '../support/faulty-stores.ts';

const partitions = 8;
const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';
const notStored = 'ERROR: Not stored: the chat cannot store anything now. Try again in a moment.';

scene(
  'a move that was stored but not confirmed is not followed by words to the room before it',
  async (chat) => {
    const bob = await chat.login('bob', 1);
    const alice = await chat.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    chat.store(0).withhold();
    alice.send('/join attic', 'hello', '/join cellar');
    await alice.reads(notConfirmed, notStored, notStored);
    await bob.reads('[lobby] Server: alice left.');

    chat.store(0).deliver();
    await alice.reads('SUCCESS: Joined attic');
    alice.send('/receipts on');
    await alice.reads('SUCCESS: Receipts on.');
    match(await stored(alice), /^STORED attic /);
    alice.send('/sessions');
    await alice.seesMatching(/, in attic$/);
    await bob.seesNothing();
  },
);

scene('a move that was lost leaves its sender where they were', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  alice.send('/receipts on');
  await alice.reads('SUCCESS: Receipts on.');
  chat.store(0).arrange(lost, 'RoomJoined');
  chat.store(0).arrange(unavailable, undefined, 2);
  alice.send('/join attic', 'too early');
  await alice.reads(notConfirmed, notStored);
  match(await stored(alice), /^STORED lobby /);
  await bob.seesMatching(/^\[lobby\] alice: /);
});

for (const [fault, what] of [
  [unavailable, 'out of reach'],
  [lost, 'lost on the way'],
] as const)
  scene(
    `a login whose room, in another partition, is ${what} is in it as soon as it can be`,
    async (chat) => {
      const bob = await chat.login('bob', 1);
      const alice = await chat.client(0);
      chat.store(0).arrange(fault, 'RoomJoined', 3);
      alice.send('LOGIN alice password123');
      await alice.reads('SUCCESS: Welcome alice. You are in lobby.');
      alice.send('/receipts on');
      await alice.sees('SUCCESS: Receipts on.');
      match(await stored(alice), /^STORED lobby /);
      await bob.reads('[lobby] Server: alice joined.', '[lobby] alice: said at last');
    },
    { partitions },
  );

scene(
  'a move whose second half is out of reach is not said to be wholly undone',
  async (chat) => {
    const room = roomOutsideOf('room:lobby');
    const bob = await chat.login('bob', 1);
    const alice = await chat.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    chat.store(0).arrange(unavailable, 'RoomJoined');
    alice.send(`/join ${room}`, 'hello', `/join ${room}`);
    await alice.reads(notConfirmed, 'ERROR: You are in no room: /join one.');
    await alice.reads(`SUCCESS: Joined ${room}`);
    await bob.reads('[lobby] Server: alice left.');
  },
  { partitions },
);

/** A room of another partition than the stream's. */
function roomOutsideOf(stream: string): string {
  const rooms = Array.from({ length: 64 }, (_, number) => `room-${number}`);
  const taken = partitionOf(stream, partitions);
  const found = rooms.find((room) => partitionOf(roomStream(room), partitions) !== taken);
  if (found === undefined) throw new Error('one of 64 lies elsewhere');
  return found;
}

/** Says something until it is stored, and answers the receipt. */
async function stored(client: ChatClient): Promise<string> {
  for (;;) {
    client.send('said at last');
    const { line } = await client.seesMatching(/^(STORED|ERROR:) /);
    if (line.startsWith('STORED')) return line;
  }
}
