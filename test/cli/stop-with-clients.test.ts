import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type Test, test } from 'tap';

import { ChatClient } from '../support/chat-client.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { startServe } from './cli-process.ts';
import { logEnd } from './log-end.ts';

const host = '127.0.0.1';
/** Two seconds are promised, on a machine that has time for it. */
const withinMs = 20_000;
const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';
const stopping = 'ERROR: This server is stopping. Connect again, or to another server.';
/** What is asked for in one write; the answers are some hundred times as long. */
const questions = '/help\n'.repeat(1_000);
/** Looks that must see the same before a connection counts as stuck. */
const looksMin = 20;

await test('Ctrl-C ends a server soon, whatever its clients do', async (t) => {
  const cwd = t.testdir();
  const port = await freePort();
  await using serve = await startServe(['--demo', '--port', String(port)], { cwd });
  const ca = readFileSync(join(cwd, 'certs', 'ca.crt'));
  const dial = (options: ConnectionOptions = {}) =>
    kept(t, connect({ host, port, ca, ...options }));

  const ordinary = await loggedIn(dial(), 'alice password123');
  // It does not end its side when the server does.
  const lingering = await loggedIn(dial({ allowHalfOpen: true } as object), 'bob letmein');
  const deaf = dial();
  await loggedIn(deaf, 'dave 123456');
  await asksUntilStuck(deaf.pause());
  const unnamed = new ChatClient(dial());
  await unnamed.reads(greeting);
  // In the middle of a handshake that never goes on.
  const silent = kept(t, connectTcp({ host, port }));
  await once(silent, 'connect');

  serve.child.kill('SIGINT');
  const { code, stdout } = await serve.ended();
  t.equal(code, 0);
  t.match(stdout, /\nStopped\. The log is kept; start again to go on\.\n$/);
  for (const client of [ordinary, lingering, unnamed])
    t.equal((await client.closes()).at(-1), stopping);
  t.equal(await logEnd(cwd), 'ServerStopped');
});

async function loggedIn(socket: TLSSocket, account: string): Promise<ChatClient> {
  const client = new ChatClient(socket);
  await client.reads(greeting);
  client.send(`LOGIN ${account}`);
  await client.sees(`SUCCESS: Welcome ${account.split(' ')[0]}. You are in lobby.`);
  return client;
}

/** Asks on and on, without reading an answer, until the server takes no more questions. */
async function asksUntilStuck(socket: Socket): Promise<void> {
  let asked = 0;
  function* pieces(): Generator<string> {
    for (; ; asked++) yield questions;
  }
  Readable.from(pieces()).pipe(socket);
  let before = 0;
  let same = 0;
  const stuck = (): boolean => {
    same = asked === before ? same + 1 : 0;
    before = asked;
    return asked > 0 && same >= looksMin;
  };
  await until(stuck, { what: 'the server to be stuck with it', withinMs });
}

function kept<S extends Socket>(t: Test, socket: S): S {
  t.teardown(() => socket.destroy());
  return socket.on('error', () => {});
}
