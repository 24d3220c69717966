import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { Unknown } from '../../../adapters/websocket-client/request-failure.ts';
import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import { Listening } from './listening.ts';

void test('unanswered messages are sent again in order under their numbers, and new ones after', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  const say = (text: string) => listening.client.request({ type: 'say', room: 'lobby', text });
  const answered = say('one');
  const lost = [say('two'), listening.client.request({ type: 'direct', to: 'bob', text: 'three' })];
  first.ok(await first.reads('say'), { room: 'lobby', epoch: 'e1', number: 11 });
  await answered;
  await first.reads('say');
  await first.reads('direct');
  first.cut();
  await listening.is('reconnecting');
  const late = say('four');
  const second = await server.connection();
  await listening.resumes(second);
  const frames = [
    await second.reads('say'),
    await second.reads('direct'),
    await second.reads('say'),
  ];
  deepStrictEqual(
    frames.map(({ text, sequence }) => [text, sequence]),
    [
      ['two', 2],
      ['three', 3],
      ['four', 4],
    ],
  );
  for (const [index, frame] of frames.entries()) second.ok(frame, { number: 12 + index });
  deepStrictEqual(await Promise.all([...lost, late]), [
    { number: 12 },
    { number: 13 },
    { number: 14 },
  ]);
});

void test('what was under way and must not happen twice is unknown; what reads is asked again', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  const joining = listening.client.request({ type: 'join', room: 'attic' });
  const reading = listening.client.request({ type: 'members', room: 'lobby' });
  await first.reads('join');
  await first.reads('members');
  first.cut();
  await rejects(joining, Unknown);
  const second = await server.connection();
  await listening.resumes(second);
  const body = { room: 'lobby', name: 'lobby', members: ['alice'] };
  second.ok(await second.reads('members'), body);
  deepStrictEqual(await reading, body);
});

void test('a refusal to store it the second time leaves open what became of the first', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  const request = { type: 'say', room: 'lobby', text: 'hello' } as const;
  const saying = listening.client.request(request);
  await first.reads('say');
  first.cut();
  const second = await server.connection();
  await listening.resumes(second);
  second.refuse(await second.reads('say'), 'Unavailable');
  await rejects(saying, (failure) => {
    ok(failure instanceof Unknown);
    return failure.sequence === 1 && failure.cause?.code === 'Unavailable';
  });
  const again = listening.client.request({ ...request, sequence: 1 });
  const repeated = await second.reads('say');
  strictEqual(repeated.sequence, 1);
  second.refuse(repeated, 'Unavailable');
  await rejects(again, Unknown);
  const next = listening.client.request(request);
  const fresh = await second.reads('say');
  strictEqual(fresh.sequence, 2, 'a new message has a new number');
  second.ok(fresh);
  await next;
});

void test('a message that was never sent before a loss is refused as any other', async () => {
  await using server = await startScriptedWebSocketServer();
  using listening = new Listening([server.url]);
  const first = await server.connection();
  await listening.logsIn(first);
  first.cut();
  await listening.is('reconnecting');
  const saying = listening.client.request({ type: 'say', room: 'attic', text: 'hello' });
  const second = await server.connection();
  await listening.resumes(second);
  second.refuse(await second.reads('say'), 'NotInRoom');
  await rejects(saying, { name: 'Refused', code: 'NotInRoom' });
});
