import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'tap';
import { WebSocket } from 'ws';

import { closeCodes } from '../../../core/close-code.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import type { ClientSocket } from '../../../adapters/websocket-client/client-socket.ts';
import { Listening } from './listening.ts';
import { message } from './room-frames.ts';
import { roomBody } from './session-body.ts';

void test('after a loss the session goes on from the last cursor, and nothing is heard twice', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  first.send(message(11), { type: 'cursor', cursor: 'c1' }, message(12));
  await listening.hears(3);
  first.cut();
  const second = await server.connection();
  second.greet();
  const { token, cursor } = await second.reads('resume');
  deepStrictEqual({ token, cursor }, { token: 'secret-1', cursor: 'c1' });
  await listening.is('reconnecting');
  second.close(closeCodes.ServerStopping);
  const third = await server.connection();
  await listening.resumes(third, { rooms: [roomBody('lobby', 13)], cursor: 'c1' });
  third.send(message(12), message(13), { type: 'cursor', cursor: 'c2' });
  deepStrictEqual(await listening.hears(5), [
    message(11),
    { type: 'cursor', cursor: 'c1' },
    message(12),
    message(13),
    { type: 'cursor', cursor: 'c2' },
  ]);
});

void test('the next server is tried after each loss, and the token is in no address', async () => {
  await using one = await startScriptedWebSocketServer();
  await using two = await startScriptedWebSocketServer();
  using listening = new Listening([one.url]);
  const first = await one.connection();
  await listening.logsIn(first, { servers: [one.url, two.url] });
  first.cut();
  const moved = await two.connection();
  await listening.resumes(moved, { servers: [one.url, two.url], token: 'secret-2' });
  moved.cut();
  const back = await one.connection();
  back.greet();
  strictEqual((await back.reads('resume')).token, 'secret-2');
  for (const { request } of [moved, back]) {
    strictEqual(request.url, '/ws');
    ok(!JSON.stringify(request.headers).includes('secret'));
  }
});

void test('after a change of the password the session goes on by the token of its answer', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  const changed = listening.client.request({
    type: 'password',
    old: 'before',
    next: 'from now on',
  });
  first.ok(await first.reads('password'), { token: 'secret-2' });
  deepStrictEqual((await changed).token, 'secret-2');
  first.cut();
  const second = await server.connection();
  second.greet();
  const { token, cursor } = await second.reads('resume');
  deepStrictEqual({ token, cursor }, { token: 'secret-2', cursor: 'c0' });
});

void test('a server that cannot be reached is passed over, with waits that grow', async () => {
  const gone = await startScriptedWebSocketServer();
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  using listening = new Listening([server.url], { clock, random: () => 1 });
  const connection = await server.connection();
  await listening.logsIn(connection, { servers: [gone.url] });
  await gone[Symbol.asyncDispose]();
  connection.close(closeCodes.ServerRestarted);
  const lost = await listening.is('reconnecting');
  deepStrictEqual(
    { ...lost },
    {
      status: 'reconnecting',
      attempt: 1,
      retryAtMs: clock.now() + 250,
      why: 'ServerRestarted',
    },
  );
  clock.pass(250);
  await listening.loses('Unreachable');
  deepStrictEqual(listening.states.at(-1), {
    status: 'reconnecting',
    attempt: 2,
    retryAtMs: clock.now() + 500,
    why: 'Unreachable',
  });
  clock.pass(500);
  await listening.resumes(await server.connection());
});

void test('an address that the page may not connect to is passed over at once', async () => {
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  const forbidden = 'wss://forbidden.example/ws';
  using listening = new Listening([forbidden, server.url], {
    clock,
    openSocket: (url, protocol) =>
      url === forbidden ? new ForbiddenSocket() : new WebSocket(url, protocol),
  });
  await listening.loses('Unreachable');
  clock.pass(0);
  await listening.logsIn(await server.connection());
  deepStrictEqual(
    listening.states.filter(({ status }) => status === 'reconnecting').length,
    1,
    'its end is told once',
  );
});

void test('a person who cannot wait need not', async () => {
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  using listening = new Listening([server.url], { clock, random: () => 1 });
  const first = await server.connection();
  await listening.logsIn(first);
  listening.client.retry();
  first.cut();
  await listening.is('reconnecting');
  listening.client.retry();
  const second = await server.connection();
  await listening.resumes(second);
  clock.pass(1_000);
  const answer = listening.client.request({ type: 'rooms' });
  second.ok(await second.reads('rooms'), { rooms: [] });
  deepStrictEqual(await answer, { rooms: [] }, 'it does not try once more');
});

void test('a greeting that was lost is had again', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  first.greet();
  await listening.is('greeting');
  first.cut();
  await listening.logsIn(await server.connection());
});

void test('a resume that is refused for now is tried again, not before its time', async () => {
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  using listening = new Listening([server.url], { clock });
  const first = await server.connection();
  await listening.logsIn(first);
  first.cut();
  await listening.is('reconnecting');
  clock.pass(0);
  const second = await server.connection();
  second.greet();
  second.refuse(await second.reads('resume'), 'Busy', 3_000);
  await listening.loses('Busy');
  deepStrictEqual(listening.states.at(-1), {
    status: 'reconnecting',
    attempt: 2,
    retryAtMs: clock.now() + 3_000,
    why: 'Busy',
  });
  clock.pass(3_000);
  await listening.resumes(await server.connection());
});

void test('a server that speaks something else is left for another', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  for (const text of ['{', 'null', '"hello"', '[]']) {
    const connection = await server.connection();
    connection.sendText(text);
    await connection.closed();
  }
  ok(listening.states.some((state) => state.status === 'reconnecting' && state.why === 'Garbled'));
  await listening.logsIn(await server.connection());
});

/** As Chromium makes them where a page's policy forbids the address: there is never a `close`. */
class ForbiddenSocket implements ClientSocket {
  readonly #onError: (() => void)[] = [];

  constructor() {
    queueMicrotask(() => this.close());
  }

  send(): void {}

  close(): void {
    for (const listener of this.#onError) listener();
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'error') this.#onError.push(listener as () => void);
  }
}
