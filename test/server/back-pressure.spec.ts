import { deepStrictEqual } from 'node:assert/strict';

import { outboxBytesMax } from '../../adapters/outbox.ts';
import { scene } from '../support/chat-harness.ts';

const long = 'x'.repeat(3_800);

scene('who does not read is cut off with a reason, and a place to go on', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.reads('[lobby] Server: bob joined.');
  bob.stream.pause();
  const many = Math.ceil((outboxBytesMax + 200_000) / long.length);
  for (let number = 0; number < many; number++) alice.send(long);
  await alice.sees('[lobby] Server: bob left.');
  bob.stream.resume();
  const lines = await bob.closes();
  const [, place] =
    /^ERROR: You read too slowly and were disconnected\. Read on after number (\d+) of lobby\.$/.exec(
      lines.at(-1) ?? '',
    ) ?? [];
  // Two joins come before the first message, and the error after the last.
  deepStrictEqual(Number(place) >= 3 && Number(place) <= lines.length - 1 + 2, true, place);
  deepStrictEqual(new Set(lines.slice(0, -1)), new Set([`[lobby] alice: ${long}`]));
  deepStrictEqual(lines.length < many, true);
  await chat.login('bob', 0);
});

scene(
  'who asks for more than they read is not read from, and not cut off',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    for (let number = 0; number < 200; number++) alice.send(long);
    await alice.isServed();
    alice.stream.pause();
    // Each answer is about as long as all that may wait.
    const asked = Array.from({ length: 50 }, () => '/history 200');
    alice.send(...asked, ...Array.from({ length: 20_000 }, () => '/rooms'));
    const { stream } = alice;
    await chat.settled();
    deepStrictEqual(stream.writableLength > 100_000, true, 'most of it was not even read');
    stream.resume();
    for (let number = 0; number < asked.length; number++)
      await alice.sees('The last 200 of lobby:');
    for (let number = 0; number < 20_000; number++) await alice.sees('Rooms: lobby');
    await alice.isServed();
  },
  { commandsPerSecond: 1_000_000 },
);

scene('a stranger who sends rubbish and reads nothing is not read from', async (chat) => {
  const stranger = await chat.client(0);
  stranger.stream.pause();
  for (let number = 0; number < 200; number++) stranger.write('x\n'.repeat(8_000));
  const other = await chat.login('alice', 0);
  await other.isServed();
  deepStrictEqual(stranger.stream.writableLength > 1_000_000, true);
  stranger.vanish();
});

scene(
  'what is sent faster than it is stored is not read',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const bob = await chat.login('bob', 0);
    await alice.reads('[lobby] Server: bob joined.');
    chat.store(0).withhold();
    const texts = Array.from({ length: 8_000 }, (_, number) => `number ${number}`);
    alice.send(...texts);
    await chat.until(
      () => chat.records('MessagePosted').length === 256,
      'as many as may be under way',
    );
    await bob.isServed();
    deepStrictEqual(chat.records('MessagePosted').length, 256);
    deepStrictEqual(alice.stream.writableLength > 50_000, true);
    chat.store(0).deliver();
    await bob.reads(...texts.map((text) => `[lobby] alice: ${text}`));
  },
  { messagesPerSecond: 1_000_000, servers: 1 },
);
