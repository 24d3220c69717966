import { match } from 'node:assert/strict';

import type { ChatClient } from '../support/chat-client.ts';
import { scene } from '../support/chat-harness.ts';
import { lost, unavailable } from '../support/faulty-stores.ts';

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

/** Says something until it is stored, and answers the receipt. */
async function stored(client: ChatClient): Promise<string> {
  for (;;) {
    client.send('said at last');
    const { line } = await client.seesMatching(/^(STORED|ERROR:) /);
    if (line.startsWith('STORED')) return line;
  }
}
