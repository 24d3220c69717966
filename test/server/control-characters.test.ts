import fc from 'fast-check';
import { test } from 'tap';

import { count, reportCount } from '../counts.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { type ChatHarness, startHarness } from '../support/chat-harness.ts';
import { bidirectional, control, hostileLine } from './hostile-text.ts';

/** Every field of every command that takes one, before login and in a session. */
const strangersLines: readonly ((typed: string) => string)[] = [
  (typed) => typed,
  (typed) => `LOGIN ${typed} password123`,
  (typed) => `LOGIN nobody ${typed}`,
  (typed) => `LOGIN nobody password123 ${typed}`,
  (typed) => `REGISTER ${typed} password123`,
  (typed) => `REGISTER carol ${typed}`,
  (typed) => `/help ${typed}`,
];
const sessionLines: readonly ((typed: string) => string)[] = [
  (typed) => typed,
  (typed) => `hello ${typed} world`,
  (typed) => `//${typed}`,
  (typed) => `/${typed}`,
  (typed) => `/join ${typed}`,
  (typed) => `/join a${typed}b`,
  (typed) => `/who ${typed}`,
  (typed) => `/msg bob ${typed}`,
  (typed) => `/msg bob hello ${typed} world`,
  (typed) => `/msg ${typed} hello`,
  (typed) => `/subscribe ${typed}`,
  (typed) => `/unsubscribe ${typed}`,
  (typed) => `/passwd ${typed} ${typed}`,
  (typed) => `/help ${typed}`,
  (typed) => `/history ${typed}`,
  (typed) => `/receipts ${typed}`,
];

const address = '192.0.2.1';
const notInTheLog = new RegExp(`${control.source}|\n`);

const hostile = fc.record({
  typed: hostileLine,
  stranger: fc.constantFrom(...strangersLines),
  session: fc.constantFrom(...sessionLines),
});

await test('control characters and escape sequences in any field come out nowhere', async (t) => {
  await using chat = await startHarness({
    messagesPerSecond: 1_000_000,
    commandsPerSecond: 1_000_000,
  });
  const bob = await chat.login('bob', 1);
  bob.send('/subscribe alice');
  await bob.sees('SUCCESS: Subscribed to alice');
  let alice = await chat.login('alice', 0, { address });
  let ran = 0;
  const seen: string[] = [];
  const property = fc.asyncProperty(hostile, async ({ typed, stranger, session }) => {
    if (alice.isClosed) alice = await chat.login('alice', 0, { address });
    // Wrong passwords would slow down all that follow.
    for (const user of ['alice', 'nobody'])
      chat.server(0).throttle.begin(address, user).end('succeeded');
    const lines = await answered(chat, alice, bob, {
      stranger: stranger(typed),
      session: session(typed),
    });
    seen.push(...lines.filter((line) => control.test(line)));
    if (seen.length > 0) throw new Error(JSON.stringify(seen));
    ran += 1;
  });
  await fc.assert(property, { numRuns: count('controlCharacters') });
  checkLog(chat);
  chat.checkComplaints();
  t.pass();
  reportCount(t, 'controlCharacters', ran);
});

/** All lines that anybody was sent because of these two. */
async function answered(
  chat: ChatHarness,
  alice: ChatClient,
  bob: ChatClient,
  typed: { readonly stranger: string; readonly session: string },
): Promise<readonly string[]> {
  const stranger = await chat.client(0);
  stranger.send(typed.stranger);
  stranger.end();
  alice.send(typed.session);
  const told = await stranger.closes();
  const toAlice = alice.isClosed ? await alice.closes() : await alice.readSoFar();
  await chat.settled();
  return [...told, ...toAlice, ...(await bob.readSoFar())];
}

/** The log is clean too, and no name turns round what stands beside it. */
function checkLog(chat: ChatHarness): void {
  for (const { event } of chat.records()) {
    const { data, ...others } = event;
    const texts = [...Object.values<unknown>(data), ...('text' in others ? [others.text] : [])];
    const dirty = texts.filter((text) => typeof text === 'string' && notInTheLog.test(text));
    const names = 'room' in data ? [data.room, 'name' in data ? data.name : ''] : [];
    const turned = names.filter((name) => bidirectional.test(name));
    if (dirty.length > 0 || turned.length > 0) throw new Error(JSON.stringify(event));
  }
}
