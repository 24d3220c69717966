import { deepStrictEqual } from 'node:assert/strict';

import { scene, scenes } from '../support/chat-harness.ts';
import { gate } from '../support/gate.ts';
import { held, late, lost, unavailable, unheard } from '../support/faulty-stores.ts';

const notStored = 'ERROR: Not stored: the chat cannot store anything now. Try again in a moment.';
const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';

scenes('with receipts on each message is answered by its place in the room', async (chat) => {
  const alice = await chat.join('alice', 0, 'Attic');
  alice.send(
    'one',
    '/receipts on',
    'two',
    'three',
    '/receipts OFF',
    'four',
    '/receipts ON',
    'five',
  );
  await alice.reads('SUCCESS: Receipts on.');
  const epoch = chat.server(0).follower.view.epochs.get(roomPartition(chat)) ?? '';
  await alice.reads(`STORED Attic ${epoch} 3`, `STORED Attic ${epoch} 4`);
  await alice.reads('SUCCESS: Receipts off.', 'SUCCESS: Receipts on.');
  await alice.reads(`STORED Attic ${epoch} 6`);
  for (const { event, revision } of chat.records('MessagePosted'))
    deepStrictEqual(
      revision,
      ['', '', 'one', 'two', 'three', 'four', 'five'].indexOf('text' in event ? event.text : ''),
    );
  for (const typed of ['/receipts', '/receipts maybe', '/receipts on off']) {
    alice.send(typed);
    await alice.reads('ERROR: Usage: /receipts on|off');
  }
});

scene('messages are under way together, and answered in order though some fail', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  const store = chat.store(0);
  const shut = gate();
  alice.send('/receipts on');
  await alice.reads('SUCCESS: Receipts on.');
  const before = store.appends;
  store.arrange(held(shut.opened), 'MessagePosted');
  store.arrange(unavailable, 'MessagePosted');
  store.arrange(lost, 'MessagePosted');
  alice.send('one', 'two', 'three', 'four', '/who', 'five');
  await chat.until(() => store.appends === before + 4, 'four messages to be handed over');
  shut.open();
  const { line } = await alice.seesMatching(/^STORED lobby \S+ 3$/);
  const epoch = line.split(' ')[2];
  await alice.reads(notStored, notConfirmed, `STORED lobby ${epoch} 4`);
  await alice.reads('In lobby: alice, bob', `STORED lobby ${epoch} 5`);
  await bob.reads('[lobby] alice: one', '[lobby] alice: four', '[lobby] alice: five');
});

scene('a message that is not stored is answered without receipts too', async (chat) => {
  const alice = await chat.login('alice', 0);
  const store = chat.store(0);
  store.arrange(unavailable, 'MessagePosted');
  store.arrange(lost, 'MessagePosted');
  alice.send('one', 'two', 'three');
  await alice.reads(notStored, notConfirmed);
  await alice.seesNothing();
  deepStrictEqual(chat.records('MessagePosted').length, 1);
});

scene('a message whose answer was lost is answered once', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  alice.send('/receipts on');
  await alice.reads('SUCCESS: Receipts on.');
  chat.store(0).arrange(unheard, 'MessagePosted');
  alice.send('one', 'two');
  // It was seen in the log before the store had given it up.
  await alice.seesMatching(/^STORED lobby \S+ 3$/);
  await alice.seesMatching(/^STORED lobby \S+ 4$/);
  await alice.seesNothing();
  await bob.reads('[lobby] alice: one', '[lobby] alice: two');
});

scene('a message that was given up and appears later is not answered again', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  const shut = gate();
  alice.send('/receipts on');
  await alice.reads('SUCCESS: Receipts on.');
  chat.store(0).arrange(late(shut.opened), 'MessagePosted');
  alice.send('one');
  await alice.reads(notConfirmed);
  shut.open();
  await bob.reads('[lobby] alice: one');
  await alice.seesNothing();
  alice.send('two');
  await alice.seesMatching(/^STORED lobby \S+ 4$/);
});

scene(
  'messages that come too fast are refused, in order, and nothing else is',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    alice.send('/receipts on', 'one', 'two', 'three', '/msg bob hello', '/who');
    await alice.sees('SUCCESS: Receipts on.');
    await alice.seesMatching(/^STORED lobby \S+ 2$/);
    await alice.seesMatching(/^STORED lobby \S+ 3$/);
    await alice.reads('ERROR: Too many messages, try again in 1 s.');
    await alice.reads('ERROR: Too many messages, try again in 1 s.', 'In lobby: alice');
  },
  { messagesPerSecond: 1 },
);

const roomPartition = (chat: {
  records(type: 'MessagePosted'): readonly { partition: number }[];
}) => chat.records('MessagePosted')[0]?.partition ?? 0;
