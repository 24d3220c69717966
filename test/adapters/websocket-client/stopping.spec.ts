import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { afterClose, type CloseName, closeCodes } from '../../../core/close-code.ts';
import { NotSent, Unknown } from '../../../adapters/websocket-client/request-failure.ts';
import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import { Listening } from './listening.ts';

void test('every close code is obeyed', async () => {
  await using server = await startScriptedWebSocketServer();
  for (const name of Object.keys(closeCodes) as readonly CloseName[]) {
    using listening = new Listening([server.url]);
    const connection = await server.connection();
    await listening.logsIn(connection);
    connection.close(closeCodes[name]);
    const next = afterClose(closeCodes[name]);
    if (next === 'resume') {
      strictEqual((await listening.is('reconnecting')).why, name);
      await listening.resumes(await server.connection());
    } else
      deepStrictEqual(await listening.is('stopped'), { status: 'stopped', why: name, next }, name);
  }
});

void test('a resume that is refused for good ends the session, and a login connects again', async () => {
  await using server = await startScriptedWebSocketServer();
  for (const [code, next] of [
    ['SessionEnded', 'logIn'],
    ['AccountSuspended', 'stayAway'],
  ] as const) {
    using listening = new Listening([server.url]);
    const first = await server.connection();
    await listening.logsIn(first);
    const saying = listening.client.request({ type: 'say', room: 'lobby', text: 'hello' });
    await first.reads('say');
    first.cut();
    const second = await server.connection();
    second.greet();
    const unsent = listening.client.request({ type: 'say', room: 'lobby', text: 'too late' });
    second.refuse(await second.reads('resume'), code);
    await rejects(saying, Unknown);
    await rejects(unsent, NotSent);
    deepStrictEqual(await listening.is('stopped'), { status: 'stopped', why: code, next });
    await second.closed();
    await rejects(listening.client.request({ type: 'rooms' }), NotSent);
    const login = listening.client.request({ type: 'login', user: 'alice', password: 'x' });
    strictEqual(listening.client.state.status, 'connecting');
    const third = await server.connection();
    third.greet();
    third.refuse(await third.reads('login'), 'InvalidCredentials');
    await rejects(login, { code: 'InvalidCredentials' });
    await listening.logsIn(third);
    const fresh = listening.client.request({ type: 'say', room: 'lobby', text: 'hello' });
    const frame = await third.reads('say');
    strictEqual(frame.sequence, 1, 'a new session counts anew');
    third.ok(frame);
    await fresh;
  }
});

void test('a logout whose answer is lost is asked again, and granted if the session is over', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  const leaving = listening.client.request({ type: 'logout' });
  await first.reads('logout');
  first.cut();
  const second = await server.connection();
  await listening.resumes(second);
  await second.reads('logout');
  second.cut();
  const third = await server.connection();
  third.greet();
  third.refuse(await third.reads('resume'), 'SessionEnded');
  deepStrictEqual(await leaving, {});
});

void test('a closed client tells of nothing more, and sends nothing more', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const under = listening.client.request({ type: 'join', room: 'attic' });
  await connection.reads('join');
  listening.client.close();
  listening.client.close();
  await rejects(under, Unknown);
  await connection.closed();
  const stopped = { status: 'stopped', why: 'Closed', next: 'stayAway' };
  deepStrictEqual(listening.states.slice(-1), [stopped]);
  strictEqual(listening.states.filter(({ status }) => status === 'stopped').length, 1);
  const login = listening.client.request({ type: 'login', user: 'alice', password: 'x' });
  await rejects(login, NotSent);
});

void test('whoever closes it while it tells of a state, lets nobody hear that state after', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  listening.client.onState(({ status }) => {
    if (status === 'greeting') listening.client.close();
  });
  const heard: string[] = [];
  listening.client.onState(({ status }) => heard.push(status));
  connection.greet();
  await listening.is('stopped');
  deepStrictEqual(heard, ['connecting', 'stopped']);
});
