import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { test } from 'tap';
import { WebSocket } from 'ws';

import type { LinkOwner } from '../../../adapters/client-link.ts';
import { listenForWeb } from '../../../adapters/http/web-listener.ts';
import { addWebSocketRoute } from '../../../adapters/websocket/web-socket-route.ts';
import { strangersPerAddressMax } from '../../../adapters/strangers.ts';
import { loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';
import { until, within } from '../../support/until.ts';
import { askerOf } from '../../support/web-client.ts';
import { host, listen, optionsOf } from './listening.ts';

await test('a peer that speaks plaintext is cut off without a byte', async (t) => {
  await using web = await listen(t);
  for (const said of [
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'LOGIN a b\n',
    '\0'.repeat(99),
  ]) {
    const socket = web.plain();
    socket.write(said);
    const received = await within(buffer(socket), 5_000, 'the connection to be cut off');
    // A TLS alert is all that may come.
    t.notMatch(received.toString('latin1'), /HTTP|html/);
    t.ok(received.length === 0 || received[0] === 0x15, received.toString('hex'));
  }
});

await test('a handshake that does not end in time is cut off', async (t) => {
  await using web = await listen(t, { handshakeMs: 300 });
  const silent = web.plain();
  const slow = web.plain();
  // The beginning of a record that promises more than ever comes.
  slow.write(Buffer.from([0x16, 0x03, 0x01, 0x3f, 0xff]));
  const dribble = setInterval(() => slow.write('\u0001'), 20);
  const ended = Promise.all([closed(silent), closed(slow)]);
  await within(ended, 5_000, 'both to be cut off').finally(() => clearInterval(dribble));
  t.equal((await web.ask('/')).status, 200);
});

await test('TLS 1.2 is refused unless it is asked for', async (t) => {
  await using strict = await listen(t);
  await t.rejects(strict.ask('/', { maxVersion: 'TLSv1.2' }), {
    message: /protocol version|alert/,
  });
  await using lenient = await listen(t, { minVersion: 'TLSv1.2' });
  t.equal((await lenient.ask('/', { maxVersion: 'TLSv1.2' })).status, 200);
});

await test('a request that does not end, and a connection without one, are cut off', async (t) => {
  await using web = await listen(t, { requestMs: 500 });
  const unfinished = web.tls();
  unfinished.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
  const silent = web.tls();
  const [answer] = await within(Promise.all([text(unfinished), text(silent)]), 20_000, 'the end');
  t.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*The request took too long\.\n$/);
});

await test('an idle connection is cut off, unless it is a WebSocket', async (t) => {
  const gone: string[] = [];
  const owner: LinkOwner = {
    onInput() {},
    onEnd() {},
    onDrained() {},
    onTaken() {},
    onSlow() {},
    onClosed: () => gone.push('closed'),
  };
  await using web = await listen(t, {
    idleMs: 300,
    addWebSocket: (fastify) =>
      addWebSocketRoute(fastify, { acceptor: () => () => owner, isOriginAllowed: () => true }),
  });
  const url = `wss://localhost:${web.listener.port}/ws`;
  const webSocket = new WebSocket(url, 'securechat.v1', { ca: web.ca });
  await once(webSocket, 'open');
  for (const _ of [1, 2]) await within(once(web.tls().resume(), 'close'), 5_000, 'the end');
  webSocket.ping();
  await within(once(webSocket, 'pong'), 5_000, 'a pong');
  t.same(gone, []);
  webSocket.terminate();
});

await test('one connection past the limit of an address is told so, until another goes', async (t) => {
  await using web = await listen(t, {
    addWebSocket: (fastify) =>
      addWebSocketRoute(fastify, { acceptor: () => undefined, isOriginAllowed: () => true }),
  });
  const strangers = Array.from({ length: strangersPerAddressMax }, () => web.tls());
  await within(Promise.all(strangers.map((one) => once(one, 'secureConnect'))), 30_000, 'TLS');
  const told = {
    status: 503,
    headers: { 'retry-after': '10', connection: 'close' },
    body: 'Too many connections from your network. Try again later.\n',
  };
  t.match(await web.ask('/'), told);
  t.match(await web.ask('/nowhere'), told);
  const url = `wss://localhost:${web.listener.port}/ws`;
  const webSocket = new WebSocket(url, 'securechat.v1', { ca: web.ca });
  await t.rejects(once(webSocket, 'open'), { message: /503/ });
  t.equal((await web.ask('/', { localAddress: '127.0.0.3' })).status, 200);
  strangers[0]?.destroy();
  await until(async () => (await web.ask('/')).status === 200, {
    what: 'room for another',
    withinMs: 5_000,
  });
});

await test('a port that is taken is told, or passed over where others will do as well', async (t) => {
  await using web = await listen(t);
  const { port } = web.listener;
  await t.rejects(listen(t, { port }), { code: 'EADDRINUSE', syscall: 'listen', port });
  await using beside = await listen(t, { port, portMax: port + 99 });
  t.ok(beside.listener.port > port, 'the next that was free');
});

await test('connections are cut off before the listener opens, and refused once it closed', async (t) => {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const listener = await listenForWeb(optionsOf(t));
  const ask = askerOf(listener.port, certificates.cert);
  await t.rejects(ask('/healthz'), { code: 'ECONNRESET' });
  listener.open(certificates);
  t.equal((await ask('/healthz')).status, 200);
  const idle = connectTls({ host, port: listener.port, ca: certificates.cert });
  await once(idle, 'secureConnect');
  const late = connectTcp({ host, port: listener.port });
  await once(late, 'connect');
  const isCutOff = once(late.resume(), 'close');
  listener.close();
  await t.rejects(ask('/healthz'), { code: 'ECONNREFUSED' });
  await within(isCutOff, 5_000, 'who was late to be cut off');
  await Promise.all([listener.stop(), within(once(idle.resume(), 'close'), 5_000, 'the end')]);
});

/** Whoever writes on is reset, which is a way of being cut off. */
function closed(socket: Duplex): Promise<unknown> {
  return new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
}
