import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import fc from 'fast-check';
import { test } from 'tap';
import { WebSocket } from 'ws';

import { clientFrames } from '../../../adapters/websocket/client-frames.ts';
import { closeCodes } from '../../../core/close-code.ts';
import { frameBytesMax } from '../../../core/limits.ts';
import { count, reportCount } from '../../counts.ts';
import { FrameClient } from '../../support/frame-client.ts';
import { within } from '../../support/until.ts';
import { WebHarness } from '../../support/web-harness.ts';

/** A frame of so many bytes. */
function padded(bytes: number): string {
  const frame = JSON.stringify({ type: 'ping', id: 'x', pad: '' });
  return JSON.stringify({ type: 'ping', id: 'x', pad: 'p'.repeat(bytes - frame.length) });
}

const origin = 'https://chat.example';

/** The answer to a page of another origin, which is no WebSocket. */
async function refusalOf(url: string, from: string): Promise<IncomingMessage> {
  const webSocket = new WebSocket(url, 'securechat.v1', { headers: { origin: from } });
  const refused = once(webSocket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>;
  const [, answer] = await within(refused, 5_000, 'a refusal');
  return answer.resume();
}

await test('a page of another origin is sent away, a program and our own are not', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  for (const stranger of ['https://evil.example', 'https://chat.example.evil.example', 'null']) {
    const { statusCode, socket } = await refusalOf(web.url(0), stranger);
    t.equal(statusCode, 403, stranger);
    await within(once(socket, 'close'), 5_000, 'the connection to be closed');
  }
  t.equal([...(web.chat.servers[0]?.connections ?? [])].length, 0, 'there was never a connection');
  for (const allowed of [undefined, origin]) (await web.connect(0, allowed)).vanish();
});

await test('who does not speak this protocol is sent away', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const client = new FrameClient(new WebSocket(web.url(0)));
  t.match(await client.ended, { code: 4203, reason: /securechat\.v1/ });
});

await test('a token in the address opens nothing', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const alice = await web.login('alice', 0);
  const thief = await FrameClient.connect(`${web.url(0)}?token=${alice.token}`);
  t.equal(await thief.isRefused({ type: 'sessions' }), 'NotLoggedIn');
  t.equal(
    await thief.isRefused({ type: 'say', room: 'lobby', text: 'x', sequence: 1 }),
    'NotLoggedIn',
  );
});

/** A client that comes back would send the same again. */
const tooLarge = { code: closeCodes.BadFrame, reason: /65536 bytes at most/ };

await test('a message of 64 KiB is read, and one byte more sends its client away', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const client = await web.connect(0);
  client.webSocket.send(padded(frameBytesMax));
  t.match(await client.sees('error'), { code: 'BadFrame' });
  client.webSocket.send(padded(frameBytesMax + 1));
  t.match(await client.ended, tooLarge);
});

await test("a client's own close is answered", async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const client = await web.connect(0);
  client.webSocket.close(1009, 'too much for me');
  t.match(await client.ended, { code: 1009, reason: 'too much for me' });
});

await test('what is no frame is answered by an error, and the connection goes on', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const client = await web.connect(0);
  for (const [sent, code] of [
    ['', 'NotJson'],
    ['{', 'NotJson'],
    ['null', 'UnknownFrame'],
    ['[1]', 'UnknownFrame'],
    ['{"type":"fly","id":"a"}', 'UnknownFrame'],
    ['{"type":"__proto__","id":"a"}', 'UnknownFrame'],
    ['{"type":"ping"}', 'BadFrame'],
    ['{"type":"ping","id":""}', 'BadFrame'],
    ['{"type":"ping","id":7}', 'BadFrame'],
    ['{"type":"say","id":"a","room":"lobby","text":"x"}', 'BadFrame'],
    ['{"type":"history","id":"a","room":"lobby","limit":201}', 'BadFrame'],
    [Buffer.from('{"type":"ping","id":"a"}'), 'NotJson'],
  ] as const) {
    client.webSocket.send(sent);
    const error = await client.seesError();
    t.equal(error.code, code, String(sent));
  }
  await client.asks({ type: 'ping' });
  client.webSocket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  t.match(await client.ended, { code: closeCodes.BadFrame, reason: /UTF-8/ });
});

await test('a name for two requests at once ends the connection', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const alice = await web.login('alice', 0);
  const say = JSON.stringify({ type: 'say', id: 'x', room: 'lobby', text: 'hi', sequence: 1 });
  alice.webSocket.send(say);
  alice.webSocket.send(say);
  t.match(await alice.ended, { code: 4203 });
});

await test('a flood of fragments ends where the message is too large', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const client = await web.connect(0);
  const other = await web.login('alice', 0);
  for (let number = 0; number < 20_000; number++)
    client.webSocket.send('xxxx', { fin: false }, () => {});
  t.match(await client.ended, tooLarge);
  await other.asks({ type: 'ping' });
});

await test('any frames: the server lives, others are undisturbed', async (t) => {
  await using web = await WebHarness.start({
    servers: 1,
    messagesPerSecond: 1_000_000,
    commandsPerSecond: 1_000_000,
  });
  const watcher = await web.login('bob', 0);
  let client = await web.login('alice', 0);
  const types = fc.constantFrom(...Object.keys(clientFrames), 'fly');
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('lobby', 'alice', 'bob', 'attic'),
    fc.integer({ min: -2, max: 300 }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const fields = ['user', 'password', 'room', 'text', 'to', 'sequence', 'number', 'limit', 'peer'];
  const frame = fc
    .tuple(types, fc.dictionary(fc.constantFrom(...fields), value))
    .filter(([type]) => !['logout', 'leave'].includes(type))
    .map(([type, others]) => JSON.stringify({ ...others, type }));
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(frame, fc.string({ unit: 'binary' })), async (text) => {
      if (client.hasEnded) client = await web.login('alice', 0);
      ran += 1;
      client.webSocket.send(text.startsWith('{') ? text.replace('{', `{"id":"f${ran}",`) : text);
      await client.asks({ type: 'ping' });
    }),
    { numRuns: count('randomFrames') },
  );
  await watcher.asks({ type: 'ping' });
  web.chat.checkComplaints();
  t.pass();
  reportCount(t, 'randomFrames', ran);
});
