import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import { Listening } from './listening.ts';
import { direct, followed, message, moved } from './room-frames.ts';
import { roomBody, sessionBody } from './session-body.ts';

const cursor = { type: 'cursor', cursor: 'c1' } as const;

void test('what answers nothing is heard in its order', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const notice = { type: 'error', code: 'ContinuityBroken', message: 'in words' } as const;
  const frames = [moved('joined', 'bob', 11), followed(3), direct(1), message(12), cursor, notice];
  connection.send(...frames);
  deepStrictEqual(await listening.hears(frames.length), frames);
});

void test('what waited for a user is heard when the session is there, also if it came before', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const { client } = listening;
  const heardIn: string[] = [];
  client.onFrame(() => heardIn.push(client.state.status));
  const connection = await server.connection();
  connection.greet();
  const answer = client.request({ type: 'login', user: 'alice', password: 'password123' });
  const login = await connection.reads('login');
  const kept = [direct(1), direct(2)].map((frame) => ({ ...frame, kept: true }));
  connection.send(...kept);
  connection.ok(login, sessionBody());
  connection.send(message(11));
  await answer;
  deepStrictEqual(await listening.hears(3), [...kept, message(11)]);
  deepStrictEqual(heardIn, ['online', 'online', 'online']);
});

void test('a hole is told before what comes after it, in a joined room too', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const joining = listening.client.request({ type: 'join', room: 'attic' });
  connection.ok(await connection.reads('join'), roomBody('attic', 3));
  await joining;
  const inAttic = message(6, { room: 'attic' });
  connection.send(message(11), inAttic, message(13));
  deepStrictEqual(await listening.hears(5), [
    message(11),
    { type: 'hole', room: 'attic', epoch: 'e1', from: 4, to: 5 },
    inAttic,
    { type: 'hole', room: 'lobby', epoch: 'e1', from: 12, to: 12 },
    message(13),
  ]);
});

void test('who listens no more hears no more', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const connection = await server.connection();
  await listening.logsIn(connection);
  const heard: number[] = [];
  const end = listening.client.onFrame((event) => {
    heard.push(event.type === 'message' ? event.number : 0);
    end();
  });
  connection.send(message(11), message(12));
  await listening.hears(2);
  deepStrictEqual(heard, [11]);
});
