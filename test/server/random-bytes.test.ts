import fc from 'fast-check';
import { test } from 'tap';

import { lineBytesMax } from '../../core/limits.ts';
import { count, reportCount } from '../counts.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { type ChatHarness, startHarness } from '../support/chat-harness.ts';

const commands =
  'LOGIN ,REGISTER ,alice ,TAKEOVER,/join ,/msg alice ,/history 5,/rooms,/receipts on';
const others = ['\n', '\r\n', '\n\n', ' ', '/', '//', '🙂', 'ü', '\u0000'];
const words = fc.constantFrom(...commands.split(','), ...others);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
  fc.array(words, { maxLength: 30 }).map((some) => Buffer.from(some.join(''))),
  // Long lines, with an end or without.
  fc
    .tuple(fc.integer({ min: lineBytesMax - 2, max: 5 * lineBytesMax }), fc.constantFrom('', '\n'))
    .map(([length, end]) => Buffer.concat([Buffer.alloc(length, 'é'), Buffer.from(end)])),
);

interface Case {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
  readonly byByte: boolean;
  readonly end: 'end' | 'vanish';
}

const cases: fc.Arbitrary<Case> = fc.record({
  bytes: fc.array(bytes, { maxLength: 4 }).map((parts) => Buffer.concat(parts)),
  cuts: fc.array(fc.nat(1_000), { maxLength: 6 }),
  byByte: fc.boolean(),
  end: fc.constantFrom('end', 'vanish'),
});

await test('whatever bytes are sent, the server lives and others are undisturbed', async (t) => {
  await using chat = await startHarness({ messagesPerSecond: 1_000_000 });
  const bob = await chat.join('bob', 0, 'quiet');
  const dave = await chat.join('dave', 1, 'quiet');
  await bob.sees('[quiet] Server: dave joined.');
  let ran = 0;
  const property = fc.asyncProperty(cases, cases, async (stranger, session) => {
    ran += 1;
    await sendTo(await chat.client(ran % 2), stranger);
    await sendTo(await intruder(chat, ran % 2), session);
    bob.send(`number ${ran}`);
    await dave.reads(`[quiet] bob: number ${ran}`);
  });
  await fc.assert(property, { numRuns: count('randomBytes') });
  await chat.settled();
  await bob.seesNothing();
  await dave.seesNothing();
  chat.checkComplaints();
  t.pass();
  reportCount(t, 'randomBytes', ran);
});

/** Somebody who has logged in, and will send rubbish. */
async function intruder(chat: ChatHarness, server: number): Promise<ChatClient> {
  const client = await chat.client(server);
  client.send('LOGIN eve qwerty TAKEOVER');
  await client.reads('SUCCESS: Welcome eve. You are in lobby.');
  return client;
}

async function sendTo(client: ChatClient, { bytes: all, cuts, byByte, end }: Case): Promise<void> {
  const places = cuts.map((place) => place % (all.length + 1)).toSorted((a, b) => a - b);
  const from = [0, ...places];
  for (const [index, start] of from.entries()) {
    const piece = all.subarray(start, places[index] ?? all.length);
    if (byByte && piece.length < 300) for (const byte of piece) client.write(Buffer.from([byte]));
    else client.write(piece);
  }
  if (end === 'vanish') return client.vanish();
  client.end();
  await client.closes();
}
