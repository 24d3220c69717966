import { deepStrictEqual } from 'node:assert/strict';

import type { ChatClient } from '../support/chat-client.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';

const framings = [
  ['lines', true],
  ['records without line ends', false],
] as const;

for (const [name, framed] of framings) {
  const begin = async (chat: ChatHarness, server: number): Promise<ChatClient> =>
    chat.client(server, { framed });

  scenes(`the demonstration, by clients that send ${name}`, async (chat) => {
    const alice = await begin(chat, 0);
    alice.send('LOGIN alice password123');
    await alice.reads('SUCCESS: Welcome alice. You are in lobby.');
    const second = await begin(chat, 1);
    second.send('LOGIN alice password123');
    await second.reads('ERROR: User already logged in elsewhere.');
    const bob = await begin(chat, 1);
    bob.send('LOGIN bob letmein');
    await bob.reads('SUCCESS: Welcome bob. You are in lobby.');
    await alice.reads('[lobby] Server: bob joined.');
    alice.send('/join IITKGP');
    await alice.reads('SUCCESS: Joined IITKGP');
    await bob.reads('[lobby] Server: alice left.');
    bob.send('/join IITKGP');
    await bob.reads('SUCCESS: Joined IITKGP');
    await alice.reads('[IITKGP] Server: bob joined.');
    alice.send('hello bob');
    await bob.reads('[IITKGP] alice: hello bob');
    bob.send('/join lobby');
    await bob.reads('SUCCESS: Joined lobby');
    bob.send('/subscribe alice');
    await bob.reads('SUCCESS: Subscribed to alice');
    await alice.reads('[IITKGP] Server: bob left.');
    alice.send('anybody still here?');
    await bob.reads('[Subbed] alice: anybody still here?');
    alice.send('/logout');
    await alice.reads('SUCCESS: Goodbye alice.');
    deepStrictEqual(await alice.closes(), []);
  });

  scene(`every command, by clients that send ${name}`, async (chat) => {
    const alice = await begin(chat, 0);
    for (const [typed, answer] of [
      ['LOGIN alice wrong', 'ERROR: Invalid credentials.'],
      ['x'.repeat(4_097), 'ERROR: Line too long (4096 bytes at most).'],
      ['REGISTER carol password123', 'SUCCESS: Registered carol.'],
      ['/rooms', 'Rooms: lobby'],
      ['/who', 'In lobby: carol'],
      ['/subscribe alice', 'SUCCESS: Subscribed to alice'],
      ['/subscriptions', 'Subscriptions: alice'],
      ['/unsubscribe alice', 'SUCCESS: Unsubscribed from alice'],
      ['/msg bob hello', 'SUCCESS: Sent to bob.'],
      ['/history', 'Nothing has been said in lobby.'],
      ['/passwd password123 password456', 'SUCCESS: Password changed.'],
      ['/receipts on', 'SUCCESS: Receipts on.'],
      ['/foo', 'ERROR: Unknown command /foo. Try /help.'],
      ['/quit', 'SUCCESS: Goodbye carol.'],
    ] as const) {
      alice.send(typed);
      await alice.sees(answer);
    }
    deepStrictEqual(await alice.closes(), []);
  });
}

scene('a client without line ends that closes at once is answered', async (chat) => {
  const client = await chat.client(0, { framed: false });
  client.send('LOGIN alice password123');
  client.end();
  await client.reads('SUCCESS: Welcome alice. You are in lobby.');
  await client.closes();
});

scene('a client that sends one byte at a time is read as one of lines', async (chat) => {
  const alice = await chat.client(0);
  for (const byte of Buffer.from('LOGIN alice password123\n/join Größe\nüber\n'))
    alice.write(Buffer.from([byte]));
  await alice.reads('SUCCESS: Welcome alice. You are in lobby.', 'SUCCESS: Joined Größe');
  await alice.isServed();
  deepStrictEqual(
    chat.records('MessagePosted').map(({ event }) => 'text' in event && event.text),
    ['über'],
  );
});
