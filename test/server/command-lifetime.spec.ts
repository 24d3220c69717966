import { deepStrictEqual } from 'node:assert/strict';

import { scene, scenes } from '../support/chat-harness.ts';
import { held } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';

scenes('a move that is still being looked up when its client goes is not made', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const shut = gate();
  let isAsked = false;
  chat.store(0).beforeRead(({ stream }) => {
    if (stream !== 'room:attic') return;
    isAsked = true;
    return shut.opened;
  });
  alice.send('/join attic');
  await chat.until(() => isAsked, 'the room to be looked up');
  alice.vanish();
  await bob.reads('[lobby] Server: alice left.');
  shut.open();
  await chat.settled();
  bob.send('/rooms');
  await bob.reads('Rooms: lobby');
  deepStrictEqual(chat.records('RoomJoined').length, 2);
});

scenes('a move that is under way when its client goes leaves nobody behind', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const shut = gate();
  const { appends } = chat.store(0);
  chat.store(0).arrange(held(shut.opened), 'RoomJoined');
  alice.send('/join attic');
  await chat.until(() => chat.store(0).appends > appends, 'the move to be on its way');
  alice.vanish();
  await chat.until(() => alice.isClosed, 'the connection to end');
  shut.open();
  await chat.until(() => chat.records('SessionClosed').length === 1, 'the session to be closed');
  await chat.settled();
  bob.send('/rooms');
  await bob.sees('Rooms: lobby');
  deepStrictEqual(chat.server(1).follower.view.rooms.bySession.size, 1);
});

scene('direct messages that were shown before a takeover are not shown after it', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 0);
  alice.send('/msg bob hello');
  await bob.reads('[DM] alice: hello');
  await bob.isServed();
  await chat.until(() => chat.records('ReadMarked').length === 1, 'bob to have read');
  const there = await chat.client(1);
  there.send('LOGIN bob letmein TAKEOVER');
  await there.reads('SUCCESS: Welcome bob. You are in lobby.');
  await there.seesNothing();
});

scenes('direct messages that were shown before a stop are not shown after it', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  const texts = Array.from({ length: 20 }, (_, number) => `number ${number}`);
  for (const text of texts) {
    alice.send(`/msg bob ${text}`);
    await bob.sees(`[DM] alice: ${text}`);
  }
  await bob.isServed();
  await chat.server(1).stop();
  await bob.closes();
  const again = await chat.client(0);
  again.send('LOGIN bob letmein');
  await again.reads('SUCCESS: Welcome bob. You are in lobby.');
  await again.seesNothing();
});
