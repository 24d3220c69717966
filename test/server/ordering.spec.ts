import { deepStrictEqual, ok } from 'node:assert/strict';

import { scene } from '../support/chat-harness.ts';
import { held } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';

scene('a command waits for the messages before it and holds up what is behind it', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  const store = chat.store(0);
  const shut = gate();
  const before = store.appends;
  store.arrange(held(shut.opened), 'MessagePosted');
  alice.send('one', 'two', '/join attic', 'three');
  await chat.until(() => store.appends === before + 2, 'both messages to be handed over');
  await bob.isServed();
  deepStrictEqual(store.appends, before + 2, 'the command waits');
  shut.open();
  await alice.reads('SUCCESS: Joined attic');
  await bob.reads('[lobby] alice: one', '[lobby] alice: two', '[lobby] Server: alice left.');
  await alice.isServed();
  const rooms = chat.records('MessagePosted').map(({ stream }) => stream);
  deepStrictEqual(rooms, ['room:lobby', 'room:lobby', 'room:attic']);
});

scene('what is behind a command waits until it was answered', async (chat) => {
  const alice = await chat.login('alice', 0);
  const store = chat.store(0);
  const shut = gate();
  store.arrange(held(shut.opened), 'RoomJoined');
  const before = store.appends;
  alice.send('/join attic', 'hello', '/who', '/join cellar', '/who');
  await chat.until(() => store.appends === before + 1, 'the room to be joined');
  shut.open();
  await alice.reads('SUCCESS: Joined attic', 'In attic: alice');
  await alice.reads('SUCCESS: Joined cellar', 'In cellar: alice');
});

scene(
  'five hundred lines in one chunk are carried out in order',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const lines = Array.from({ length: 500 }, (_, number) => `/who room-${number}\n`);
    alice.write(lines.join(''));
    await alice.reads(...lines.map((_, number) => `Nobody is in room-${number}.`));
    alice.write('\n'.repeat(16_384));
    await alice.seesNothing();
  },
  { commandsPerSecond: 1_000 },
);

scene(
  'commands that come too fast are carried out late, and all of them',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const startedAt = performance.now();
    alice.send(...Array.from({ length: 50 }, () => '/rooms'));
    await alice.reads(...Array.from({ length: 50 }, () => 'Rooms: lobby'));
    // Forty at once, then twenty a second.
    deepStrictEqual(performance.now() - startedAt > 400, true);
  },
  { commandsPerSecond: 20 },
);

scene(
  'a flood of refused messages behind a command leaves the server standing',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const bob = await chat.login('bob', 0);
    await alice.reads('[lobby] Server: bob joined.');
    alice.write(`/history\n${'x\n'.repeat(8_000)}`);
    await alice.seesMatching(/^Nothing has been said/);
    // On a busy machine a second passes meanwhile, and with each one more message is taken.
    const heard = await alice.readSoFar();
    deepStrictEqual(new Set(heard), new Set([tooMany]));
    ok(heard.length > 7_000);
    await bob.isServed();
  },
  { messagesPerSecond: 1 },
);

const tooMany = 'ERROR: Too many messages, try again in 1 s.';
