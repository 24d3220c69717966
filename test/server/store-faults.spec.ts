import { deepStrictEqual, rejects } from 'node:assert/strict';

import { StoreUnreachable } from '../../core/event-store.ts';
import { HasherBusy } from '../../adapters/password-hasher.ts';
import { endSession } from '../../server/session-end.ts';
import { scene } from '../support/chat-harness.ts';
import { lost, unavailable } from '../support/faulty-stores.ts';
import { within } from '../support/until.ts';

const notStored = 'ERROR: Not stored: the chat cannot store anything now. Try again in a moment.';
const outOfReach = 'ERROR: The chat is out of reach at the moment. Try again soon.';
const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';
const authRequired = 'AUTH_REQUIRED: LOGIN <user> <pass>';

scene('each command that the store did not take says so, and can be tried again', async (chat) => {
  const alice = await chat.login('alice', 0);
  for (const [typed, answer] of [
    ['/join attic', 'SUCCESS: Joined attic'],
    ['/subscribe bob', 'SUCCESS: Subscribed to bob'],
    ['/unsubscribe bob', 'SUCCESS: Unsubscribed from bob'],
    ['/msg bob hello', 'SUCCESS: Sent to bob.'],
    ['/passwd password123 password456', 'SUCCESS: Password changed.'],
  ] as const) {
    chat.store(0).arrange(unavailable);
    chat.store(0).arrange(lost);
    alice.send(typed, typed);
    await alice.reads(notStored, notConfirmed);
    alice.send(typed);
    await alice.reads(answer);
  }
});

scene(
  'while the store cannot be reached clients stay, and every command is answered',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const stranger = await chat.client(0);
    chat.store(0).cutOff();
    alice.send('hello');
    await alice.reads(notStored);
    for (const typed of [
      '/subscribe bob',
      '/unsubscribe bob',
      '/msg bob hello',
      '/passwd password123 password456',
      '/history',
      '/join attic',
    ]) {
      alice.send(typed);
      await alice.reads(outOfReach);
    }
    alice.send('/who', '/rooms', '/subscriptions', '/help who');
    await alice.reads('In lobby: alice', 'Rooms: lobby', 'You follow nobody.');
    await alice.seesMatching(/^\/who/);
    for (const typed of ['LOGIN bob letmein', 'REGISTER carol password123']) {
      stranger.send(typed);
      await stranger.reads(outOfReach, authRequired);
    }
    chat.store(0).mend();
    alice.send('/receipts on', 'hello');
    await alice.sees('SUCCESS: Receipts on.');
    await alice.seesMatching(/^STORED lobby/);
    stranger.send('LOGIN bob letmein');
    await stranger.reads('SUCCESS: Welcome bob. You are in lobby.');
  },
);

scene(
  'a logout that the store did not take closes the connection, and ends in the log',
  async (chat) => {
    const bob = await chat.login('bob', 1);
    for (const fault of [unavailable, lost]) {
      const alice = await chat.login('alice', 0);
      await bob.reads('[lobby] Server: alice joined.');
      chat.store(0).arrange(fault, 'SessionClosed');
      alice.send('/logout');
      await alice.reads(notConfirmed);
      deepStrictEqual(await alice.closes(), []);
      await bob.reads('[lobby] Server: alice left.');
    }
  },
);

scene('a password that cannot be checked in time is told when to try', async (chat) => {
  const alice = await chat.login('alice', 0);
  chat.hasher.gate = Promise.reject(new HasherBusy(3));
  chat.hasher.gate.catch(() => {});
  alice.send('/passwd password123 password456');
  await alice.reads('ERROR: Busy, try again in 3 s.');
});

scene(
  'a server stops though the store is away, and says that the log does not know',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    chat.store(0).cutOff();
    await rejects(chat.server(0).stop(), StoreUnreachable);
    deepStrictEqual(await alice.closes(), [
      'ERROR: This server is stopping. Connect again, or to another server.',
    ]);
    const again = await chat.client(1);
    again.send('LOGIN alice password123 TAKEOVER');
    await again.reads('SUCCESS: Welcome alice. You are in lobby.');
  },
);

scene('a server that stopped ends no session any more', async (chat) => {
  const alice = await chat.login('alice', 0);
  const server = chat.server(0);
  const store = chat.store(0);
  store.arrange(unavailable, 'SessionClosed', Infinity);
  const [session = ''] = server.follower.view.sessions.bySession.keys();
  const ended = endSession(server, { user: 'alice', session, reason: 'disconnected' });
  const before = store.appends;
  await chat.until(() => store.appends > before, 'another attempt');
  await server.stop();
  await within(ended, 5_000, 'the attempts to end');
  await alice.closes();
});
