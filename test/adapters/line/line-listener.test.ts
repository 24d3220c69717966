import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type Test, test } from 'tap';

import { type LineListenerOptions, listenForLines } from '../../../adapters/line/line-listener.ts';
import { strangersPerAddressMax, turnedAwayPerAddressMax } from '../../../adapters/strangers.ts';
import { loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';
import { ChatClient } from '../../support/chat-client.ts';
import { type ChatHarness, startHarness } from '../../support/chat-harness.ts';
import { until, within } from '../../support/until.ts';

const host = '127.0.0.1';
const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';
const tooMany = 'ERROR: Too many connections from your network. Try again later.';
const welcome = 'SUCCESS: Welcome alice. You are in lobby.';

await test('a client over TLS is greeted, logs in and talks', async (t) => {
  await using setting = await listen(t);
  const alice = await setting.greeted();
  alice.send('LOGIN alice password123');
  await alice.reads(welcome);
  t.equal(setting.protocolOf(alice), 'TLSv1.3');
  const bob = await setting.chat.login('bob', 0);
  await alice.reads('[lobby] Server: bob joined.');
  alice.send('hello');
  await bob.reads('[lobby] alice: hello');
});

await test('a peer that speaks plaintext is cut off without a byte', async (t) => {
  await using setting = await listen(t);
  for (const said of ['LOGIN alice password123\n', 'GET / HTTP/1.1\r\n\r\n', '\u0000'.repeat(99)]) {
    const socket = setting.plain();
    socket.write(said);
    const received = await allOf(socket);
    // A TLS alert is all that may come: it is not the chat's, and no text.
    t.notMatch(received.toString('latin1'), /AUTH|ERROR/);
    t.ok(received.length === 0 || received[0] === 0x15, received.toString('hex'));
  }
});

await test('a handshake that does not end in time is cut off', async (t) => {
  await using setting = await listen(t, { handshakeMs: 300 });
  const silent = setting.plain();
  const slow = setting.plain();
  // The beginning of a record that promises more than ever comes.
  slow.write(Buffer.from([0x16, 0x03, 0x01, 0x3f, 0xff]));
  const dribble = setInterval(() => slow.write('\u0001'), 20);
  const ended = Promise.all([closed(silent), closed(slow)]);
  await within(ended, 5_000, 'both to be cut off').finally(() => clearInterval(dribble));
  const alice = await setting.greeted();
  t.equal(alice.isClosed, false);
});

await test('TLS 1.2 is refused unless it is asked for', async (t) => {
  await using strict = await listen(t);
  const refused = strict.tls({ maxVersion: 'TLSv1.2' });
  const [error] = (await once(refused, 'error')) as [Error];
  t.match(error.message, /protocol version|alert/);
  await using lenient = await listen(t, { minVersion: 'TLSv1.2' });
  const accepted = new ChatClient(lenient.tls({ maxVersion: 'TLSv1.2' }));
  await accepted.reads(greeting);
  t.equal(lenient.protocolOf(accepted), 'TLSv1.2');
});

await test('a client that closes its sending side gets its answers, then the end', async (t) => {
  await using setting = await listen(t);
  const alice = await setting.greeted();
  alice.write('LOGIN alice password123\nhi\n/who\n');
  alice.end();
  await alice.reads(welcome, 'In lobby: alice');
  t.same(await alice.closes(), []);
  t.equal(setting.chat.records('MessagePosted').length, 1);
});

await test('without line ends each TLS record is one command, however close they come', async (t) => {
  await using setting = await listen(t);
  const alice = await setting.greeted({ framed: false });
  alice.send('LOGIN alice password123');
  await alice.reads(welcome);
  // Node joins what is written while a write is under way.
  for (const text of ['/join one', '/join two', '/who', 'x'.repeat(4_096), 'x'.repeat(4_097)])
    await new Promise((written) => alice.stream.write(text, written));
  await alice.reads('SUCCESS: Joined one', 'SUCCESS: Joined two', 'In two: alice');
  await alice.reads('ERROR: Message too long (3800 bytes at most).');
  await alice.reads('ERROR: Line too long (4096 bytes at most).');
});

await test('one stranger past the limit of an address is told so, until another logs in or goes', async (t) => {
  await using setting = await listen(t);
  const strangers: ChatClient[] = [];
  for (let number = 0; number < strangersPerAddressMax; number += 32)
    strangers.push(...(await Promise.all(Array.from({ length: 32 }, () => setting.greeted()))));
  await setting.turnedAway();
  const elsewhere = await setting.greeted({ from: '127.0.0.2' });
  t.equal(elsewhere.isClosed, false);
  const [first, second] = strangers;
  first?.send('LOGIN alice password123');
  await first?.reads(welcome);
  const third = await setting.greeted();
  await setting.turnedAway();
  // Those who are being told have not ended their handshake.
  const busy = Array.from({ length: turnedAwayPerAddressMax }, () => setting.plain());
  await Promise.all(busy.map((one) => once(one, 'connect')));
  await until(() => setting.isCutOff(), { what: 'one more to be cut off', withinMs: 5_000 });
  for (const one of busy) one.destroy();
  second?.vanish();
  await until(() => setting.greeted(), { what: 'room for another', withinMs: 5_000 });
  t.equal(third.isClosed, false);
});

await test('connections are cut off before the listener opens, and refused once it closed', async (t) => {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const chat = await startHarness({ servers: 1 });
  const options = { host, port: 0, minVersion: 'TLSv1.3' } as const;
  const listener = await listenForLines(options);
  const taken = listenForLines({ ...options, port: listener.port });
  await t.rejects(taken, { code: 'EADDRINUSE' });
  const { port } = listener;
  const early = connectTls({ host, port, rejectUnauthorized: false });
  t.match(await once(early, 'error'), [{ code: 'ECONNRESET' }]);
  listener.open(certificates, chat.server(0).accept);
  const alice = new ChatClient(connectTls({ host, port, rejectUnauthorized: false }));
  await alice.reads(greeting);
  // In the middle of its handshake when the listener closes.
  const late = connectTcp({ host, port }).on('error', () => {});
  await once(late, 'connect');
  const talking = new ChatClient(connectTls({ host, port, rejectUnauthorized: false }));
  await talking.reads(greeting);
  listener.close();
  const refused = connectTls({ host, port, rejectUnauthorized: false });
  t.match(await once(refused, 'error'), [{ code: 'ECONNREFUSED' }]);
  late.resume();
  await within(closed(late), 5_000, 'who was late to be cut off');
  alice.send('LOGIN alice password123');
  await alice.reads(welcome);
  await chat[Symbol.asyncDispose]();
  await Promise.all([alice.closes(), talking.closes()]);
});

await test('a client that is not read from does not fill the memory', async (t) => {
  await using setting = await listen(t, {}, true);
  const socket = setting.tls();
  await once(socket, 'secureConnect');
  const chunk = Buffer.alloc(1_000_000, 'x');
  const before = process.memoryUsage().arrayBuffers;
  let written = 0;
  let isFull = false;
  while (!isFull && written < 200) {
    written += 1;
    if (!socket.write(chunk)) {
      const drained = within(once(socket, 'drain'), 500, 'the server to read');
      isFull = await drained.then(
        () => false,
        () => true,
      );
    }
  }
  t.ok(isFull, `the client was stopped after ${written} MB`);
  const grown = process.memoryUsage().arrayBuffers - before;
  t.ok(grown < 8_000_000, `${grown} bytes more`);
});

interface Setting extends AsyncDisposable {
  readonly chat: ChatHarness;
  plain(): Socket;
  tls(options?: { readonly maxVersion?: 'TLSv1.2'; readonly from?: string }): TLSSocket;
  greeted(options?: { readonly framed?: boolean; readonly from?: string }): Promise<ChatClient>;
  /** The next connection is told that there are too many of them, and closed. */
  turnedAway(): Promise<void>;
  /** Whether the next connection is cut off without a word. */
  isCutOff(): Promise<boolean>;
  protocolOf(client: ChatClient): string | null;
}

/** A listener for a chat server; where `deaf`, nothing that clients send is read. */
async function listen(
  t: Test,
  options: Partial<LineListenerOptions> = {},
  deaf = false,
): Promise<Setting> {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const chat = await startHarness({ servers: 1 });
  const listener = await listenForLines({
    host,
    port: 0,
    minVersion: 'TLSv1.3',
    ...options,
  });
  const { accept } = chat.server(0);
  listener.open(certificates, (link) => {
    const owner = accept(link);
    if (deaf) link.pause();
    return owner;
  });
  const { port } = listener;
  const sockets = new Set<Socket>();
  const kept = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    return socket;
  };
  const setting: Setting = {
    chat,
    plain() {
      const socket = kept(connectTcp({ host, port }));
      return socket.on('error', () => {});
    },
    tls({ from, ...others } = {}) {
      const ca = certificates.cert;
      const below = connectTcp({ host, port, ...(from !== undefined && { localAddress: from }) });
      const socket = kept(connectTls({ socket: below, ca, servername: 'localhost', ...others }));
      return socket.on('error', () => {});
    },
    async greeted({ framed = true, from } = {}) {
      const client = new ChatClient(setting.tls(from === undefined ? {} : { from }), { framed });
      await client.reads(greeting);
      return client;
    },
    async turnedAway() {
      const client = new ChatClient(setting.tls());
      t.same(await client.closes(), [tooMany]);
    },
    async isCutOff() {
      const client = new ChatClient(setting.tls());
      return (await client.closes()).length === 0;
    },
    protocolOf: ({ stream }) => (stream as TLSSocket).getProtocol(),
    async [Symbol.asyncDispose]() {
      listener.close();
      await chat[Symbol.asyncDispose]();
      for (const socket of sockets) socket.destroy();
    },
  };
  return setting;
}

/** Over, by whichever side and however: a reset is an end like any other here. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function allOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (!socket.closed) await within(closed(socket), 5_000, 'the connection to be cut off');
  return Buffer.concat(chunks);
}
