import { deepStrictEqual } from 'node:assert/strict';

import { scene, scenes } from '../support/chat-harness.ts';

const elsewhere = [
  'ERROR: User already logged in elsewhere.',
  'AUTH_REQUIRED: LOGIN <user> <pass>',
  'To end the other session: LOGIN <user> <pass> TAKEOVER',
];
const welcome = 'SUCCESS: Welcome alice. You are in lobby.';
const takenOver = 'ERROR: Session taken over from another connection.';

for (const [where, server] of [
  ['the same server', 0],
  ['another server', 1],
] as const) {
  scenes(`a second login on ${where} is refused, and told how to take over`, async (chat) => {
    const first = await chat.login('alice', 0);
    const second = await chat.client(server);
    second.send('LOGIN Alice password123');
    await second.reads(...elsewhere);
    await first.seesNothing();
    first.send('/logout');
    await first.closes();
    second.send('LOGIN alice password123');
    await second.reads(welcome);
  });

  // With several partitions the former session may leave before the new one has entered.
  scene(`a takeover on ${where} ends the other session, and nobody sees it`, async (chat) => {
    const first = await chat.login('alice', 0);
    const bob = await chat.login('bob', 1);
    await first.reads('[lobby] Server: bob joined.');
    const second = await chat.client(server);
    second.send('LOGIN alice password123 takeover');
    await second.reads(welcome);
    deepStrictEqual(await first.closes(), [takenOver]);
    await chat.settled();
    await bob.seesNothing();
    second.send('it is me');
    await bob.reads('[lobby] alice: it is me');
    bob.send('/who');
    await bob.reads('In lobby: alice, bob');
    second.send('/quit');
    await bob.reads('[lobby] Server: alice left.');
  });

  scenes(`who is taken over on ${where} in another room leaves it once`, async (chat) => {
    const first = await chat.join('alice', 0, 'attic');
    const bob = await chat.join('bob', 1, 'attic');
    const dave = await chat.login('dave', 0);
    await first.reads('[attic] Server: bob joined.');
    const second = await chat.client(server);
    second.send('LOGIN alice password123 TAKEOVER');
    await second.reads(welcome);
    await dave.reads('[lobby] Server: alice joined.');
    await bob.reads('[attic] Server: alice left.');
    await first.closes();
    await chat.settled();
    await bob.seesNothing();
    await dave.seesNothing();
  });
}

scene('a takeover of nobody is a login', async (chat) => {
  const alice = await chat.client(0);
  alice.send('LOGIN alice password123 TAKEOVER');
  await alice.reads(welcome);
  await alice.seesNothing();
});

scene('a takeover needs the password', async (chat) => {
  const first = await chat.login('alice', 0);
  const second = await chat.client(1);
  second.send('LOGIN alice wrong TAKEOVER');
  await second.sees('ERROR: Invalid credentials.');
  await chat.settled();
  await first.seesNothing();
});

scenes('what was on its way when a session was taken over is in the log once', async (chat) => {
  const bob = await chat.login('bob', 1);
  const first = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  first.send(...Array.from({ length: 50 }, (_, number) => `first ${number}`));
  const second = await chat.client(1);
  second.send('LOGIN alice password123 TAKEOVER');
  await second.reads(welcome);
  second.send('second');
  const seen = await bob.sees('[lobby] alice: second');
  const before = seen.filter((line) => !line.startsWith('[lobby] Server:'));
  const posted = chat.records('MessagePosted').map(({ event }) => 'text' in event && event.text);
  deepStrictEqual(
    before,
    posted.filter((text) => text !== 'second').map((text) => `[lobby] alice: ${text}`),
  );
  deepStrictEqual(new Set(posted).size, posted.length);
  await first.closes();
});

scenes('of twenty logins at the same moment one wins', async (chat) => {
  const clients = await Promise.all(Array.from({ length: 20 }, (_, n) => chat.client(n % 2)));
  for (const client of clients) client.send('LOGIN alice password123');
  const answers = await Promise.all(clients.map((one) => one.seesMatching(/^SUCCESS|^ERROR/)));
  const lines = answers.map(({ line }) => line).toSorted();
  deepStrictEqual(lines, [...Array<string>(19).fill(elsewhere[0] ?? ''), welcome]);
  deepStrictEqual(chat.records('SessionOpened').length, 1);
});

scenes('twenty takeovers at the same moment leave one session', async (chat) => {
  const clients = await Promise.all(Array.from({ length: 20 }, (_, n) => chat.client(n % 2)));
  for (const client of clients) client.send('LOGIN alice password123 TAKEOVER');
  await Promise.all(clients.map((client) => client.reads(welcome)));
  const opened = chat.records('SessionOpened').length;
  await Promise.all(clients.filter((client) => client.isClosed).map((one) => one.closes()));
  deepStrictEqual(opened, 20);
  const bob = await chat.login('bob', 0);
  bob.send('/who');
  await bob.reads('In lobby: alice, bob');
  deepStrictEqual(
    chat.server(0).follower.view.sessions.bySession.size,
    2,
    'of all sessions one of alice and one of bob is open',
  );
});

scenes(
  'of two registrations of one name at the same moment one wins, with its password',
  async (chat) => {
    const clients = await Promise.all([chat.client(0), chat.client(1)]);
    clients.forEach((client, number) => client.send(`REGISTER carol password-${number}`));
    const answers = await Promise.all(clients.map((one) => one.seesMatching(/^SUCCESS|^ERROR/)));
    const lines = answers.map(({ line }) => line);
    deepStrictEqual(lines.toSorted(), [
      'ERROR: The name carol is taken.',
      'SUCCESS: Registered carol.',
    ]);
    const winner = lines.indexOf('SUCCESS: Registered carol.');
    const again = await chat.client(0);
    again.send(`LOGIN carol password-${1 - winner}`);
    await again.sees('ERROR: Invalid credentials.');
    again.send(`LOGIN carol password-${winner} TAKEOVER`);
    await again.sees('SUCCESS: Welcome carol. You are in lobby.');
    const kept = [];
    for await (const { user } of chat.log.credentials.list()) kept.push(user);
    deepStrictEqual(
      kept.toSorted(),
      ['alice', 'bob', 'carol', 'dave', 'eve'],
      'the password of who came second is not kept',
    );
  },
);

scenes('logout on one server and login on the other, back to back', async (chat) => {
  for (let times = 0; times < 20; times++) {
    const alice = await chat.client(times % 2);
    alice.send('LOGIN alice password123');
    await alice.reads(welcome);
    alice.send('/logout');
    await alice.reads('SUCCESS: Goodbye alice.');
  }
});
