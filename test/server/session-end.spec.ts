import { deepStrictEqual } from 'node:assert/strict';

import { endIncarnation } from '../../server/incarnation-end.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { commitTo, newEvent } from '../support/events.ts';
import { held, late, lost, unavailable, unheard } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';

const welcome = 'SUCCESS: Welcome alice. You are in lobby.';
const authRequired = 'AUTH_REQUIRED: LOGIN <user> <pass>';
const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';
const outOfReach = 'ERROR: The chat is out of reach at the moment. Try again soon.';

scenes('who vanishes leaves the room, and can log in again', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  alice.vanish();
  await bob.reads('[lobby] Server: alice left.');
  await chat.login('alice', 1);
  await bob.reads('[lobby] Server: alice joined.');
});

scenes('who closes their sending side still gets every answer', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.client(0);
  alice.write('LOGIN alice password123\n/receipts on\nhi\n/who\nbye');
  alice.write('\n');
  alice.end();
  await alice.reads(welcome, 'SUCCESS: Receipts on.');
  await alice.seesMatching(/^STORED lobby /);
  await alice.reads('In lobby: alice, bob');
  await alice.seesMatching(/^STORED lobby /);
  deepStrictEqual(await alice.closes(), []);
  await bob.reads('[lobby] Server: alice joined.', '[lobby] alice: hi', '[lobby] alice: bye');
  await bob.reads('[lobby] Server: alice left.');
});

scene('who closes their sending side before a login is refused gets that answer', async (chat) => {
  const alice = await chat.client(0);
  alice.write('LOGIN alice wrong');
  alice.end();
  await alice.reads('ERROR: Invalid credentials.', authRequired);
  deepStrictEqual(await alice.closes(), []);
});

for (const [moment, event] of [
  ['while the password is checked', undefined],
  ['while the session is opened', 'SessionOpened'],
] as const)
  scenes(`who vanishes ${moment} leaves no session`, async (chat) => {
    const shut = gate();
    if (event === undefined) chat.hasher.gate = shut.opened;
    else chat.store(0).arrange(held(shut.opened), event);
    const alice = await chat.client(0);
    const { verifications } = chat.hasher;
    const { appends } = chat.store(0);
    alice.send('LOGIN alice password123');
    await chat.until(
      () =>
        event === undefined
          ? chat.hasher.verifications > verifications
          : chat.store(0).appends > appends,
      'the login to be on its way',
    );
    alice.vanish();
    await chat.until(() => alice.isClosed, 'the connection to end');
    shut.open();
    await chat.login('alice', 1);
    await chat.settled();
    const { sessions, rooms } = chat.server(1).follower.view;
    deepStrictEqual(sessions.bySession.size, 1);
    deepStrictEqual(rooms.byRoom.get('lobby')?.members.size, 1);
  });

scenes('a login that was not stored can be tried again', async (chat) => {
  const alice = await chat.client(0);
  for (const fault of [unavailable, lost]) {
    chat.store(0).arrange(fault, 'SessionOpened');
    alice.send('LOGIN alice password123');
    await alice.reads(fault === lost ? notConfirmed : outOfReach, authRequired);
  }
  alice.send('LOGIN alice password123');
  await alice.reads(welcome);
});

scenes('a session that was given up and is opened after all is closed', async (chat) => {
  const shut = gate();
  chat.store(0).arrange(late(shut.opened), 'SessionOpened');
  const alice = await chat.client(0);
  alice.send('LOGIN alice password123');
  await alice.reads(notConfirmed, authRequired);
  shut.open();
  await chat.until(() => chat.records('SessionClosed').length === 1, 'the session to be closed');
  await chat.settled();
  deepStrictEqual(chat.server(1).follower.view.rooms.byRoom.size, 0);
  alice.send('LOGIN alice password123');
  await alice.reads(welcome);
});

scenes('a login whose answer was lost, but which the log shows, is a login', async (chat) => {
  chat.store(0).arrange(unheard, 'SessionOpened');
  const alice = await chat.client(0);
  alice.send('LOGIN alice password123');
  await alice.reads(welcome);
  await alice.isServed();
  await alice.seesNothingMatching(/AUTH_REQUIRED/);
});

scenes('who is in a room after all when their session is over leaves it', async (chat) => {
  const bob = await chat.login('bob', 1);
  const { options, incarnation } = chat.server(0);
  const entered = { user: 'alice', session: 'over', server: options.name, incarnation };
  const joined = newEvent({
    type: 'RoomJoined',
    data: { room: 'lobby', name: 'lobby', ...entered },
  });
  const { status } = await chat.store(1).writer('a tool', 0).append(commitTo('room:lobby', joined));
  deepStrictEqual(status, 'appended');
  await bob.reads('[lobby] Server: alice joined.', '[lobby] Server: alice left.');
});

scenes('a registration that was given up and comes true has its password', async (chat) => {
  const shut = gate();
  chat.store(0).arrange(late(shut.opened), 'AccountRegistered');
  const carol = await chat.client(0);
  carol.send('REGISTER carol correct-horse');
  await carol.reads(notConfirmed, authRequired);
  shut.open();
  await chat.until(() => chat.records('AccountRegistered').length === 5, 'the account to appear');
  const again = await chat.client(1);
  again.send('LOGIN carol correct-horse TAKEOVER');
  await again.reads('SUCCESS: Welcome carol. You are in lobby.');
});

scenes('a session ends in the log once the store is back', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  chat.store(0).arrange(unavailable, 'RoomLeft', 2);
  alice.vanish();
  await bob.reads('[lobby] Server: alice left.');
  await chat.login('alice', 1);
});

scenes(
  'a server that stops tells its clients, and ends all their sessions by one event',
  async (chat) => {
    const bob = await chat.login('bob', 1);
    const gone = [await chat.login('alice', 0), await chat.login('dave', 0)];
    const stranger = await chat.client(0);
    await gone[0]?.sees('[lobby] Server: dave joined.');
    await bob.sees('[lobby] Server: dave joined.');
    const before = chat.records().length;
    await chat.server(0).stop();
    for (const client of [...gone, stranger])
      deepStrictEqual(await client.closes(), [
        'ERROR: This server is stopping. Connect again, or to another server.',
      ]);
    const left = [await bob.seesMatching(/left\.$/), await bob.seesMatching(/left\.$/)];
    deepStrictEqual(left.map(({ line }) => line).toSorted(), [
      '[lobby] Server: alice left.',
      '[lobby] Server: dave left.',
    ]);
    await bob.seesNothing();
    const { partitions } = chat.log;
    const after = chat.records().slice(before - chat.records().length);
    deepStrictEqual(
      chat.records('ServerStopped').length,
      partitions.length,
      'one event, in every partition',
    );
    deepStrictEqual(chat.records().length - before, partitions.length);
    deepStrictEqual(after.length, partitions.length);
    await chat.login('alice', 1);
  },
);

scenes('a server that reads of its own loss drops its clients and begins anew', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  await declareLost(chat, 0);
  deepStrictEqual(await alice.closes(), [
    'ERROR: This server was out of touch with the others. Log in again.',
  ]);
  await bob.reads('[lobby] Server: alice left.');
  await chat.until(() => chat.server(0).incarnation > 1, 'a new incarnation');
  deepStrictEqual([...chat.server(0).fanOut.sessions()], [], 'nothing of the former one is kept');
  const again = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  again.send('hello again');
  await bob.reads('[lobby] alice: hello again');
  deepStrictEqual(chat.records('SessionClosed').length, 0);
});

/** As another server does that misses its lease. */
async function declareLost(chat: ChatHarness, server: number): Promise<void> {
  const { options, incarnation } = chat.server(server);
  chat.passTime(6_000);
  await endIncarnation(chat.store(1 - server), {
    type: 'DeclareLost',
    server: options.name,
    incarnation,
  });
}
