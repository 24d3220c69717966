import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'tap';

import type {
  SavedSession,
  SavedSessionStore,
} from '../../../adapters/websocket-client/saved-session.ts';
import { closeCodes } from '../../../core/close-code.ts';
import { startScriptedWebSocketServer } from '../../support/scripted-web-socket-server.ts';
import { Listening } from './listening.ts';
import { message } from './room-frames.ts';
import { roomBody, sessionBody } from './session-body.ts';

/** Keeps what a page's `sessionStorage` would: a copy. */
class Storage implements SavedSessionStore {
  #text: string | undefined;

  load(): SavedSession | undefined {
    return this.#text === undefined ? undefined : (JSON.parse(this.#text) as SavedSession);
  }

  save(session: SavedSession): void {
    this.#text = JSON.stringify(session);
  }

  clear(): void {
    this.#text = undefined;
  }
}

void test('a page that is loaded again goes on with its session, and with its numbers', async () => {
  await using server = await startScriptedWebSocketServer();
  const saved = new Storage();
  const before = new Listening([server.url], { saved });
  const first = await server.connection();
  await before.logsIn(first, { servers: [server.url] });
  first.send(message(11), { type: 'cursor', cursor: 'c1' });
  await before.hears(2);
  void before.client.request({ type: 'say', room: 'lobby', text: 'hello' }).catch(() => undefined);
  await first.reads('say');
  deepStrictEqual(saved.load(), {
    token: 'secret-1',
    cursor: 'c1',
    user: 'alice',
    servers: [server.url],
    sequence: 1,
  });
  before.client.close();

  using after = new Listening([server.url], { saved });
  const second = await server.connection();
  second.greet();
  const { token, cursor } = await second.reads('resume');
  deepStrictEqual({ token, cursor }, { token: 'secret-1', cursor: 'c1' });
  second.close(closeCodes.ServerStopping);
  const third = await server.connection();
  await after.resumes(third);
  const saying = after.client.request({ type: 'say', room: 'lobby', text: 'hello again' });
  const frame = await third.reads('say');
  strictEqual(frame.sequence, 2);
  third.ok(frame);
  await saying;
});

void test('a page that was loaded again hears what it missed once, and of holes in it', async () => {
  await using server = await startScriptedWebSocketServer();
  const saved = new Storage();
  const { token, cursor, user, servers } = sessionBody();
  saved.save({ token, cursor, user, servers, sequence: 0 });
  using listening = new Listening([server.url], { saved });
  const connection = await server.connection();
  connection.greet();
  const resume = await connection.reads('resume');
  connection.send(message(11), message(13), { type: 'cursor', cursor: 'c1' });
  connection.ok(resume, sessionBody({ rooms: [roomBody('lobby', 13)], cursor: 'c1' }));
  connection.send(message(13), message(14));
  deepStrictEqual(await listening.hears(5), [
    message(11),
    { type: 'hole', room: 'lobby', epoch: 'e1', from: 12, to: 12 },
    message(13),
    { type: 'cursor', cursor: 'c1' },
    message(14),
  ]);
});

void test('a session that is over is not kept, and one that is elsewhere is', async () => {
  await using server = await startScriptedWebSocketServer();
  const ends = { LoggedOut: false, SessionEnded: false, TakenOver: false, ResumedElsewhere: true };
  for (const [name, isKept] of Object.entries(ends)) {
    const saved = new Storage();
    using listening = new Listening([server.url], { saved });
    const connection = await server.connection();
    await listening.logsIn(connection);
    connection.close(closeCodes[name as keyof typeof ends]);
    await listening.is('stopped');
    strictEqual(saved.load() !== undefined, isKept, name);
  }
});
