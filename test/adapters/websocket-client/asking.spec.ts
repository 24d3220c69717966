import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'tap';
import { Check } from 'typebox/value';

import {
  type ClientFrame,
  type ClientFrameType,
  clientFrames,
} from '../../../adapters/websocket/client-frames.ts';
import type { AnyRequest } from '../../../adapters/websocket-client/client-request.ts';
import { pendingRequestsMax } from '../../../adapters/websocket-client/pending-requests.ts';
import { NotSent, Unknown } from '../../../adapters/websocket-client/request-failure.ts';
import { frameBytesMax } from '../../../core/limits.ts';
import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import { Listening } from './listening.ts';
import { roomBody, sessionBody } from './session-body.ts';

/** One of each that a session takes. */
const requests: readonly AnyRequest[] = [
  { type: 'join', room: 'attic' },
  { type: 'leave', room: 'attic' },
  { type: 'say', room: 'lobby', text: 'hello' },
  { type: 'direct', to: 'bob', text: 'hello' },
  { type: 'follow', user: 'bob' },
  { type: 'unfollow', user: 'bob' },
  { type: 'rooms' },
  { type: 'members', room: 'lobby' },
  { type: 'history', room: 'lobby', before: 7, limit: 20 },
  { type: 'conversation', peer: 'bob', limit: 20 },
  { type: 'conversations' },
  { type: 'read', room: 'lobby', number: 7 },
  { type: 'sessions' },
  { type: 'password', old: 'password123', next: 'password124' },
  { type: 'ping' },
  { type: 'logout' },
];

void test('a client connects, is greeted and logs in', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  strictEqual(connection.protocol, 'securechat.v1');
  connection.greet('one');
  await listening.is('greeting');
  await listening.logsIn(connection);
  deepStrictEqual(listening.states, [
    { status: 'connecting' },
    { status: 'greeting', server: 'one', registration: 'closed' },
    { status: 'greeting', server: 'one', registration: 'closed' },
    { status: 'online', user: 'alice', session: sessionBody() },
  ]);
});

void test('every request is a frame of the protocol, with an id of its own', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const ids = new Set<string>();
  for (const request of requests) {
    const answer = listening.client.request(request as { type: 'ping' });
    const frame: ClientFrame = await connection.reads(request.type);
    ok(Check(clientFrames[frame.type as ClientFrameType], frame), JSON.stringify(frame));
    ids.add(frame.id);
    const body = { ...roomBody('attic', 3), answered: request.type };
    connection.ok(frame, body);
    deepStrictEqual(await answer, body);
  }
  strictEqual(ids.size, requests.length);
});

void test('answers find their requests in any order, and a refusal says why and until when', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const refused = listening.client.request({ type: 'say', room: 'lobby', text: 'one' });
  const stored = listening.client.request({ type: 'say', room: 'lobby', text: 'two' });
  const unsure = listening.client.request({ type: 'say', room: 'lobby', text: 'three' });
  const [one, two, three] = [
    await connection.reads('say'),
    await connection.reads('say'),
    await connection.reads('say'),
  ];
  deepStrictEqual([one.sequence, two.sequence, three.sequence], [1, 2, 3]);
  connection.refuse(three, 'OutcomeUnknown');
  connection.ok(two, { room: 'lobby', epoch: 'e1', number: 11 });
  connection.refuse(one, 'TooManyMessages', 2_000);
  deepStrictEqual(await stored, { room: 'lobby', epoch: 'e1', number: 11 });
  const why = { code: 'TooManyMessages', message: 'TooManyMessages, in words' };
  await rejects(refused, { name: 'Refused', ...why, retryAfterMs: 2_000 });
  await rejects(unsure, (failure) => failure instanceof Unknown && failure.sequence === 3);
});

void test('requests wait for a session, and go in their order', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = listening.client.request({ type: 'say', room: 'lobby', text: 'first' });
  const second = listening.client.request({ type: 'join', room: 'attic' });
  const connection = await server.connection();
  await listening.logsIn(connection);
  connection.ok(await connection.reads('say'));
  connection.ok(await connection.reads('join'), roomBody('attic', 3));
  await Promise.all([first, second]);
});

void test('no more than a thousand requests wait', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const ask = () => listening.client.request({ type: 'rooms' });
  const waiting = Array.from({ length: pendingRequestsMax }, ask);
  await rejects(ask(), NotSent);
  listening.client.close();
  for (const request of waiting) await rejects(request, NotSent);
});

void test('what no frame can hold is not sent, for it would end each connection', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const say = (text: string) => listening.client.request({ type: 'say', room: 'lobby', text });
  await rejects(say('\u0000'.repeat(frameBytesMax / 6)), NotSent);
  await rejects(say('€'.repeat(frameBytesMax / 3)), NotSent);
  const stored = say('€'.repeat(frameBytesMax / 3 - 100));
  connection.ok(await connection.reads('say'));
  await stored;
});
