import { test } from 'tap';

import type { ServerFrame } from '../../adapters/websocket/server-frames.ts';
import { closeCodes } from '../../core/close-code.ts';
import { message } from '../adapters/websocket-client/room-frames.ts';
import { roomBody, sessionBody } from '../adapters/websocket-client/session-body.ts';
import {
  type ScriptedWebSocket,
  startScriptedWebSocketServer,
} from '../support/scripted-web-socket-server.ts';
import { WebHarness } from '../support/web-harness.ts';
import { ExampleProcess } from './example-process.ts';

const cursor = (place: string) => ({ type: 'cursor', cursor: place }) as const;

await test('the example goes on after a loss: what it says is said once, what it shows too', async (t) => {
  await using server = await startScriptedWebSocketServer();
  const example = new ExampleProcess(server.url);
  const first = await server.connection();
  await letIn(first, 'login');
  example.types('one\ntwo\n');
  const one = await first.reads('say');
  t.match(one, { room: 'lobby', text: 'one', sequence: 1 });
  t.match(await first.reads('say'), { text: 'two', sequence: 2 });
  first.ok(one, { room: 'lobby', epoch: 'e1', number: 11 });
  first.send(message(12), cursor('c1'), message(13));
  await example.shows('[lobby] 12 bob: text 12\n[lobby] 13 bob: text 13\n');
  first.cut();

  const second = await server.connection();
  t.match(await letIn(second, 'resume', [message(13), message(14), cursor('c2')]), {
    token: 'secret-1',
    cursor: 'c1',
  });
  const again = await second.reads('say');
  t.match(again, { text: 'two', sequence: 2 });
  second.ok(again, { room: 'lobby', epoch: 'e1', number: 12 });
  await example.shows(
    '[lobby] 12 bob: text 12\n[lobby] 13 bob: text 13\n[lobby] 14 bob: text 14\n',
  );
  const rooms = [{ room: 'lobby', epoch: 'e1', from: 15, to: 20 }];
  second.send({ type: 'gap', reason: 'retention', rooms });
  await example.complains('[lobby] missing from 15 to 20 (retention)');

  example.endsInput();
  second.ok(await second.reads('logout'));
  second.close(closeCodes.LoggedOut);
  t.equal(await example.code(), 0);
});

await test('the example talks to a chat server, and logs out when it has read all', async (t) => {
  await using web = await WebHarness.start({});
  const bob = await web.chat.login('bob', 1);
  const example = new ExampleProcess(web.url(0));
  await bob.reads('[lobby] Server: alice joined.');
  example.types('Good morning!\n');
  await bob.reads('[lobby] alice: Good morning!');
  await example.shows('[lobby] 3 alice: Good morning!\n');
  bob.send('Is anybody there?');
  await example.shows('[lobby] 3 alice: Good morning!\n[lobby] 4 bob: Is anybody there?\n');
  example.types('I am.\n');
  example.endsInput();
  await bob.reads('[lobby] alice: I am.');
  t.equal(await example.code(), 0);
  await bob.reads('[lobby] Server: alice left.');
});

await test('the example sends again what was refused for now, or is not known', async (t) => {
  await using server = await startScriptedWebSocketServer();
  const example = new ExampleProcess(server.url);
  const connection = await server.connection();
  await letIn(connection, 'login');
  example.types('one\ntwo\n');
  example.endsInput();
  connection.refuse(await connection.reads('say'), 'TooManyMessages', 10);
  connection.refuse(await connection.reads('say'), 'TextTooLong');
  for (const refusal of ['Unavailable', 'OutcomeUnknown']) {
    const again = await connection.reads('say');
    t.match(again, { text: 'one', sequence: 1 });
    connection.refuse(again, refusal, refusal === 'Unavailable' ? 10 : undefined);
  }
  const last = await connection.reads('say');
  t.match(last, { text: 'one', sequence: 1 });
  connection.ok(last, { room: 'lobby', epoch: 'e1', number: 11 });
  connection.ok(await connection.reads('logout'));
  connection.close(closeCodes.LoggedOut);
  t.equal(await example.code(), 0);
});

await test('the example logs in again where its session is over, and says what may be lost', async (t) => {
  await using server = await startScriptedWebSocketServer();
  const example = new ExampleProcess(server.url);
  const first = await server.connection();
  await letIn(first, 'login');
  example.types('one\n');
  await first.reads('say');
  first.close(closeCodes.ServerStopping);

  const second = await server.connection();
  second.greet();
  second.refuse(await second.reads('resume'), 'Unavailable', 1_000);
  await second.closed();

  const third = await server.connection();
  third.greet();
  third.refuse(await third.reads('resume'), 'SessionEnded');
  await example.complains('not known whether it was said: one');
  await letIn(third, 'login', [], false);
  example.types('two\n');
  t.match(await third.reads('say'), { text: 'two', sequence: 1 });
  third.close(closeCodes.SessionEnded);

  const fourth = await server.connection();
  await letIn(fourth, 'login');
  fourth.close(closeCodes.TakenOver);
  t.equal(await example.code(), 1);
});

/** Greets the example and lets it into the lobby; answers what it asked for that. */
async function letIn(
  connection: ScriptedWebSocket,
  type: 'login' | 'resume',
  missed: readonly ServerFrame[] = [],
  greets = true,
) {
  if (greets) connection.greet();
  const frame = await connection.reads(type);
  connection.send(...missed);
  connection.ok(frame, sessionBody());
  connection.ok(await connection.reads('join'), roomBody('lobby', 10));
  return frame;
}
