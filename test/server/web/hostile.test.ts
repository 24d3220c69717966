import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import fc from 'fast-check';
import { test } from 'tap';
import { type RawData, WebSocket } from 'ws';

import { clientFrames } from '../../../adapters/websocket/client-frames.ts';
import type { ServerFrameOf } from '../../../adapters/websocket/server-frames.ts';
import { closeCodes } from '../../../core/close-code.ts';
import { frameBytesMax } from '../../../core/limits.ts';
import { noMetrics } from '../../../server/metrics.ts';
import { count, reportCount } from '../../counts.ts';
import { FrameClient } from '../../support/frame-client.ts';
import { until, within } from '../../support/until.ts';
import { WebHarness } from '../../support/web-harness.ts';

/** A frame of so many bytes. */
function padded(bytes: number): string {
  const frame = JSON.stringify({ type: 'ping', id: 'x', pad: '' });
  return JSON.stringify({ type: 'ping', id: 'x', pad: 'p'.repeat(bytes - frame.length) });
}

const origin = 'https://chat.example';

/** The answer to whoever is not let in: it is no WebSocket. */
async function refusalOf(
  url: string,
  { from, protocols = ['securechat.v1'] }: { from?: string; protocols?: string[] },
): Promise<IncomingMessage> {
  const headers = from === undefined ? {} : { origin: from };
  const webSocket = new WebSocket(url, protocols, { headers });
  const refused = once(webSocket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>;
  const [, answer] = await within(refused, 5_000, 'a refusal');
  return answer;
}

await test('a page of another origin is sent away, a program and our own are not', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  for (const stranger of ['https://evil.example', 'https://chat.example.evil.example', 'null']) {
    const { statusCode, socket } = (await refusalOf(web.url(0), { from: stranger })).resume();
    t.equal(statusCode, 403, stranger);
    await within(once(socket, 'close'), 5_000, 'the connection to be closed');
  }
  t.equal([...(web.chat.servers[0]?.connections ?? [])].length, 0, 'there was never a connection');
  for (const allowed of [undefined, origin]) (await web.connect(0, allowed)).vanish();
});

await test('who does not speak this protocol is told so before there is a WebSocket', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  for (const protocols of [[], ['securechat.v2'], ['securechat.v10', 'chat']]) {
    const refusal = await refusalOf(web.url(0), { protocols });
    t.equal(refusal.statusCode, 400);
    t.match(await text(refusal), /securechat\.v1/);
  }
  const both = new FrameClient(new WebSocket(web.url(0), ['securechat.v2', 'securechat.v1']));
  await both.sees('hello');
  both.vanish();
});

await test('a token in the address is refused before there is a WebSocket', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const alice = await web.login('alice', 0);
  const refusal = await refusalOf(`${web.url(0)}?token=${alice.token}`, {});
  t.equal(refusal.statusCode, 400);
  const words = await text(refusal);
  t.match(words, /frame/);
  t.notMatch(words, alice.token);
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
  for (const [sent, code, words = /./] of [
    ['', 'NotJson'],
    ['{', 'NotJson'],
    ['null', 'BadFrame', /no JSON object/],
    ['[1]', 'BadFrame', /no JSON object/],
    ['"ping"', 'BadFrame', /no JSON object/],
    ['{}', 'BadFrame', /no type/],
    ['{"type":"","id":"a"}', 'BadFrame', /no type/],
    ['{"type":"ping","id":"a","foo":1}', 'BadFrame', /ping has no foo/],
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
    t.match(error, { code, message: words }, String(sent));
  }
  await client.asks({ type: 'ping' });
  client.webSocket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  t.match(await client.ended, { code: closeCodes.BadFrame, reason: /UTF-8/ });
});

await test('a frame that is refused counts as what it would have been', async (t) => {
  await using web = await WebHarness.start({ servers: 1 });
  const counted: string[] = [];
  await web.startServer({
    ...noMetrics,
    answered: (command, outcome) => counted.push(`${command} ${outcome}`),
  });
  const client = await web.login('alice', 1);
  for (const frame of [
    { type: 'follow', user: 'bob', foo: 1 },
    { type: 'join', room: 'Server' },
    { type: 'fly' },
  ]) {
    client.webSocket.send(JSON.stringify({ ...frame, id: 'x' }));
    await client.seesError();
  }
  const refused = ['subscribe BadFrame', 'join ReservedName', 'fault UnknownFrame'];
  t.same(counted.slice(-refused.length), refused);
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
  /** How often each frame was answered, by its id; under '' what was answered without one. */
  const answers = new Map<string, number>();
  const answersTo = (id: string): number => answers.get(id) ?? 0;
  const heed = (data: RawData): void => {
    const { type, id = '' } = JSON.parse((data as Buffer).toString()) as ServerFrameOf<'error'>;
    if (['ok', 'error'].includes(type)) answers.set(id, answersTo(id) + 1);
  };
  client.webSocket.on('message', heed);
  await fc.assert(
    fc.asyncProperty(fc.oneof(frame, fc.string({ unit: 'binary' })), async (sent) => {
      if (client.hasEnded) {
        client = await web.login('alice', 0);
        client.webSocket.on('message', heed);
      }
      ran += 1;
      const id = sent.startsWith('{"') ? `f${ran}` : '';
      const before = answersTo(id);
      client.webSocket.send(id === '' ? sent : sent.replace('{', `{"id":"${id}",`));
      await until(() => answersTo(id) > before || client.hasEnded, {
        what: `an answer to ${sent}`,
        withinMs: 10_000,
      });
      if (!client.hasEnded) await client.asks({ type: 'ping' });
    }),
    { numRuns: count('randomFrames') },
  );
  await watcher.asks({ type: 'ping' });
  t.same(
    [...answers].filter(([id, times]) => id !== '' && times !== 1),
    [],
    'no frame is answered twice',
  );
  web.chat.checkComplaints();
  t.pass();
  reportCount(t, 'randomFrames', ran);
});
