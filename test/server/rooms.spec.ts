import { deepStrictEqual } from 'node:assert/strict';

import { scene, scenes } from '../support/chat-harness.ts';

scenes('a room shows who comes and goes to its other members, once', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  bob.send('/join IITKGP');
  await bob.reads('SUCCESS: Joined IITKGP');
  await alice.reads('[lobby] Server: bob left.');
  alice.send('/join iitkgp');
  await alice.reads('SUCCESS: Joined IITKGP');
  await bob.reads('[IITKGP] Server: alice joined.');
  alice.send('/logout');
  await alice.reads('SUCCESS: Goodbye alice.');
  deepStrictEqual(await alice.closes(), []);
  await bob.reads('[IITKGP] Server: alice left.');
  await chat.settled();
  await bob.seesNothing();
});

scenes('to join the room one is in changes nothing', async (chat) => {
  const alice = await chat.join('alice', 0, 'attic');
  const bob = await chat.join('bob', 1, 'attic');
  await alice.reads('[attic] Server: bob joined.');
  const before = chat.records().length;
  alice.send('/join Attic');
  await alice.reads('SUCCESS: Joined attic');
  deepStrictEqual(chat.records().length, before);
  await bob.seesNothing();
});

scenes('rooms with members are listed by name, as first written', async (chat) => {
  const alice = await chat.join('alice', 0, 'Zebra');
  const bob = await chat.join('bob', 1, 'attic');
  await chat.login('dave', 0);
  bob.send('/rooms');
  await bob.reads('Rooms: Zebra, attic, lobby');
  alice.send('/join elsewhere');
  await alice.sees('SUCCESS: Joined elsewhere');
  await chat.settled();
  bob.send('/rooms', '/who zebra', '/join ZEBRA', '/rooms');
  await bob.reads('Rooms: attic, elsewhere, lobby');
  await bob.reads('Nobody is in zebra.', 'SUCCESS: Joined Zebra', 'Rooms: Zebra, elsewhere, lobby');
});

scenes('the members of one’s own room, or of another, are listed by name', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await chat.join('dave', 1, 'attic');
  await chat.settled();
  await alice.sees('[lobby] Server: dave left.');
  alice.send('/who', '/who ATTIC', '/who lobby', '/who nowhere');
  await alice.reads('In lobby: alice, bob', 'In attic: dave', 'In lobby: alice, bob');
  await alice.reads('Nobody is in nowhere.');
  bob.send('/who /etc', '/who a b', '/join', '/join a b', '/rooms now');
  await bob.sees('ERROR: /etc is no room name: 1 to 50 letters, digits, - _ and dots.');
  await bob.reads('ERROR: Usage: /who [room]', 'ERROR: Usage: /join <room>');
  await bob.reads('ERROR: Usage: /join <room>', 'ERROR: Usage: /rooms');
});

scene('names that nobody may have are refused for rooms', async (chat) => {
  const alice = await chat.login('alice', 0);
  for (const name of ['a:b', 'a/b', 'x'.repeat(51), 'a\u202eb', '👍']) {
    alice.send(`/join ${name}`);
    await alice.reads(`ERROR: ${name} is no room name: 1 to 50 letters, digits, - _ and dots.`);
  }
  for (const name of ['Server', 'SUBBED', 'dm']) {
    alice.send(`/join ${name}`);
    await alice.reads(`ERROR: ${name} is a name that the server speaks in: take another.`);
  }
  for (const name of ['x'.repeat(50), '数学', 'मराठी', 'a.b-c_d', 'Ünï']) {
    alice.send(`/join ${name}`);
    await alice.reads(`SUCCESS: Joined ${name.normalize('NFC')}`);
  }
});

scenes(
  'a message reaches every other member of the room, and only them, in order',
  async (chat) => {
    const alice = await chat.join('alice', 0, 'attic');
    const bob = await chat.join('bob', 1, 'attic');
    const dave = await chat.join('dave', 0, 'attic');
    const eve = await chat.login('eve', 1);
    await alice.sees('[attic] Server: dave joined.');
    await bob.sees('[attic] Server: dave joined.');
    const texts = Array.from({ length: 300 }, (_, number) => `number ${number}`);
    alice.send(...texts);
    await bob.reads(...texts.map((text) => `[attic] alice: ${text}`));
    await dave.reads(...texts.map((text) => `[attic] alice: ${text}`));
    await alice.seesNothing();
    await chat.settled();
    await eve.seesNothing();
  },
);

scenes('two who talk at once are seen in one order by everybody', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  const dave = await chat.login('dave', 0);
  const eve = await chat.login('eve', 1);
  await dave.reads('[lobby] Server: eve joined.');
  for (let number = 0; number < 100; number++) {
    alice.send(`a${number}`);
    bob.send(`b${number}`);
  }
  alice.send('/join attic');
  await alice.sees('SUCCESS: Joined attic');
  bob.send('/join attic');
  await bob.sees('SUCCESS: Joined attic');
  const one = await dave.sees('[lobby] Server: bob left.');
  const other = await eve.sees('[lobby] Server: bob left.');
  deepStrictEqual(one, other);
  deepStrictEqual(one.length, 201);
});

scene('what a message may be', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  const long = 'ü'.repeat(1_900);
  alice.send(
    '//join is a command',
    '/',
    '/foo bar',
    '/Join',
    '   ',
    '\u001b[31m',
    long,
    `${long}x`,
  );
  await alice.reads(
    'ERROR: Unknown command /. Try /help.',
    'ERROR: Unknown command /foo. Try /help.',
    'ERROR: Usage: /join <room>',
    'ERROR: There is no text in this message.',
    'ERROR: There is no text in this message.',
    'ERROR: Message too long (3800 bytes at most).',
  );
  alice.send('  a\tb\u0007\u001b[2Jc\r', 'LOGIN alice password123', 'login is hard today');
  await alice.reads('ERROR: You are logged in already; this was passed over.');
  await bob.reads('[lobby] alice: /join is a command', `[lobby] alice: ${long}`);
  await bob.reads('[lobby] alice:   a\tbc', '[lobby] alice: login is hard today');
});

scene(
  'lines that cannot be read are answered in their place, and the next one is read',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const bob = await chat.login('bob', 1);
    await alice.reads('[lobby] Server: bob joined.');
    alice.send('/receipts on', 'one', 'x'.repeat(10_000), 'two');
    alice.write(Buffer.from([0xc3, 0x28, 0x0a]));
    alice.send('three');
    await alice.reads('SUCCESS: Receipts on.');
    const { line } = await alice.seesMatching(/^STORED lobby \S+ 3$/);
    const epoch = line.split(' ')[2];
    await alice.reads('ERROR: Line too long (4096 bytes at most).', `STORED lobby ${epoch} 4`);
    await alice.reads('ERROR: The line is not UTF-8 text.', `STORED lobby ${epoch} 5`);
    await bob.reads('[lobby] alice: one', '[lobby] alice: two', '[lobby] alice: three');
  },
);
