import { strictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { ManualClock } from '../../support/manual-clock.ts';
import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import { Listening } from './listening.ts';
import { message } from './room-frames.ts';

void test('after 30 seconds of silence the server is asked, and after 10 more it is left', async () => {
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  using listening = new Listening([server.url], { clock });
  const first = await server.connection();
  await listening.logsIn(first);
  clock.pass(20_000);
  first.send(message(11));
  await listening.hears(1);
  clock.pass(29_999);
  strictEqual(first.unread.length, 0);
  clock.pass(1);
  first.ok(await first.reads('ping'));
  first.send(message(12));
  await listening.hears(2);
  clock.pass(30_000);
  await first.reads('ping');
  clock.pass(9_999);
  strictEqual(listening.client.state.status, 'online');
  clock.pass(1);
  strictEqual((await listening.is('reconnecting')).why, 'Silent');
  await first.closed();
  clock.pass(0);
  await listening.resumes(await server.connection());
});

void test('a server that never greets is left after 10 seconds', async () => {
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  using listening = new Listening([server.url], { clock });
  const first = await server.connection();
  clock.pass(9_999);
  strictEqual(listening.client.state.status, 'connecting');
  clock.pass(1);
  await listening.is('reconnecting');
  await first.closed();
});

void test('whatever is heard is an answer', async () => {
  await using server = await startScriptedWebSocketServer();
  const clock = new ManualClock();
  using listening = new Listening([server.url], { clock });
  const first = await server.connection();
  await listening.logsIn(first);
  clock.pass(30_000);
  await first.reads('ping');
  first.send(message(11));
  await listening.hears(1);
  clock.pass(29_999);
  strictEqual(listening.client.state.status, 'online');
});
