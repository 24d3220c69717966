import { test } from 'tap';

import { ChatPipe } from '../../../cli/terminal/chat-pipe.ts';
import { ConnectFailure } from '../../../cli/terminal/connect-failure.ts';
import { Conversation } from '../../../cli/terminal/conversation.ts';
import { duplexPair } from '../../support/duplex-pair.ts';
import { ScriptedConnection } from '../../support/scripted-line-server.ts';

interface PipeCase {
  readonly lines?: readonly string[];
  readonly room?: string;
  /** More lines may come after these. */
  readonly staysOpen?: boolean;
  /** After these the input fails. */
  readonly breaks?: boolean;
}

function piped({ lines = [], room, staysOpen = false, breaks = false }: PipeCase) {
  const [near, far] = duplexPair();
  const out: string[] = [];
  const err: string[] = [];
  const conversation = new Conversation({
    user: 'alice',
    password: 'pw',
    register: false,
    takeover: false,
    interactive: false,
    room,
    random: () => 0,
  });
  async function* input() {
    yield* lines;
    if (staysOpen) await new Promise(() => {});
    if (breaks) throw new Error('is a directory');
  }
  const pipe = new ChatPipe({
    conversation,
    dial: () => Promise.resolve(near),
    lines: input,
    room,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  const server = new ScriptedConnection(far);
  return { pipe, code: pipe.run(), server, out, err };
}

async function begins(server: ScriptedConnection): Promise<void> {
  await server.logsIn('alice', 'pw');
}

async function ends(server: ScriptedConnection): Promise<void> {
  await server.reads('/quit');
  server.send('SUCCESS: Goodbye alice.');
  server.end();
}

await test('each line is sent when the one before it is stored', async (t) => {
  const { code, server, out, err } = piped({ lines: ['one', '', 'two'] });
  await begins(server);
  await server.reads('one');
  server.send('[lobby] bob: hi', 'STORED lobby 0a 1');
  await server.reads('two');
  server.send('STORED lobby 0a 2');
  await ends(server);
  t.equal(await code, 0);
  t.strictSame(out, [
    'SUCCESS: Welcome alice. You are in lobby.',
    '[lobby] bob: hi',
    'STORED lobby 0a 1',
    'STORED lobby 0a 2',
    'SUCCESS: Goodbye alice.',
  ]);
  t.strictSame(err, []);
});

await test('a line that was not stored makes the end a failure, and the others go on', async (t) => {
  const { code, server, err } = piped({ lines: ['one', 'two'] });
  await begins(server);
  await server.reads('one');
  server.send('ERROR: Message too long (3800 bytes at most).');
  await server.reads('two');
  server.send('STORED lobby 0a 1');
  await ends(server);
  t.equal(await code, 1);
  t.strictSame(err, ['ERROR: Message too long (3800 bytes at most).']);
});

await test('a command is waited for to the end of its answer', async (t) => {
  const { code, server, out } = piped({ lines: ['/help', 'one', '/join x y'] });
  await begins(server);
  await server.reads('/help', '/receipts on');
  server.send('/join <room>  Go to a room.', '/rooms  List the rooms.', 'SUCCESS: Receipts on.');
  await server.reads('one');
  server.send('STORED lobby 0a 1');
  await server.reads('/join x y', '/receipts on');
  server.send('ERROR: Usage: /join <room>', 'SUCCESS: Receipts on.');
  await ends(server);
  t.equal(await code, 1, 'a command that fails is a failure too');
  t.notOk(out.includes('SUCCESS: Receipts on.'), 'our own questions are not put out');
});

await test('nothing is said in another room than the wanted one', async (t) => {
  const { code, server } = piped({ lines: ['one'], room: 'IITKGP' });
  await server.reads('LOGIN alice pw');
  server.send('SUCCESS: Welcome alice. You are in lobby.');
  await server.reads('/join IITKGP', '/receipts on');
  server.send('ERROR: Something went wrong in the server. It has been logged.');
  server.send('SUCCESS: Receipts on.');
  await ends(server);
  t.equal(await code, 1);
});

await test('the place where the log was set back is told, and is no answer to a line', async (t) => {
  const { code, server } = piped({ lines: ['one', 'two'] });
  await begins(server);
  await server.reads('one');
  server.send('ERROR: The log was set back: messages of lobby on are lost or changed.');
  server.send('STORED lobby 0b 1');
  await server.reads('two');
  server.send('STORED lobby 0b 2');
  await ends(server);
  t.equal(await code, 0);
});

await test('a line that came too early is sent again when it may be', async (t) => {
  const { code, server, err } = piped({ lines: ['one'] });
  await begins(server);
  await server.reads('one');
  server.send('ERROR: Too many messages, try again in 0.01 s.');
  await server.reads('one');
  server.send('STORED lobby 0a 1');
  await ends(server);
  t.equal(await code, 0);
  t.strictSame(err, []);
});

await test('an input that cannot be read is a failure', async (t) => {
  const { code, server, err } = piped({ lines: ['one'], breaks: true });
  await begins(server);
  await server.reads('one');
  server.send('STORED lobby 0a 1');
  await ends(server);
  t.equal(await code, 1);
  t.strictSame(err, ['securechat: The input cannot be read: is a directory']);
});

await test('/quit at the end of the input is the end of it', async (t) => {
  for (const staysOpen of [false, true]) {
    const { code, server, err } = piped({ lines: ['/quit', ''], staysOpen });
    await begins(server);
    await ends(server);
    t.equal(await code, 0);
    t.strictSame(err, []);
  }
});

await test('lines behind a /quit are not sent: how many is told, and that is a failure', async (t) => {
  const inputs = [
    [['/quit', 'unsaid'], '1 line was not sent, because /quit came before.'],
    [['/logout ', 'unsaid', '', '/who'], '2 lines were not sent, because /logout came before.'],
  ] as const;
  for (const [lines, told] of inputs)
    for (const staysOpen of [false, true]) {
      const { code, server, err } = piped({ lines, staysOpen });
      await begins(server);
      await ends(server);
      t.equal(await code, 1);
      t.strictSame(err, [`securechat: ${told}`]);
    }
});

await test('a connection lost before the receipt is a failure', async (t) => {
  const { code, server, err } = piped({ lines: ['one'] });
  await begins(server);
  await server.reads('one');
  server.end();
  t.equal(await code, 1);
  t.match(err, [/connection was lost/]);
});

await test('a server that stops while nothing is said ends it', async (t) => {
  const { code, server, err } = piped({ staysOpen: true });
  await begins(server);
  server.send('ERROR: This server is stopping. Connect again, or to another server.');
  server.end();
  t.equal(await code, 1);
  t.match(err, [/is stopping/, /hung up/]);
});

await test('a refused login ends it', async (t) => {
  const { code, server, err } = piped({ lines: ['one'] });
  await server.reads('LOGIN alice pw');
  server.send('ERROR: Invalid credentials.', 'AUTH_REQUIRED: LOGIN <user> <pass>');
  t.equal(await code, 1);
  t.strictSame(err, ['ERROR: Invalid credentials.']);
  await server.closes();
});

await test('who is stopped says goodbye and has failed', async (t) => {
  const { pipe, code, server } = piped({ staysOpen: true });
  await begins(server);
  pipe.stop();
  await ends(server);
  t.equal(await code, 1);
});

await test('no connection, no success', async (t) => {
  const err: string[] = [];
  const conversation = new Conversation({
    user: 'alice',
    password: 'pw',
    register: false,
    takeover: false,
    interactive: false,
    room: undefined,
    random: () => 0,
  });
  const pipe = new ChatPipe({
    conversation,
    dial: () => Promise.reject(new ConnectFailure('Nobody listens.', true)),
    lines: async function* () {},
    room: undefined,
    out: () => {},
    err: (line) => err.push(line),
  });
  t.equal(await pipe.run(), 1);
  t.strictSame(err, ['securechat: Nobody listens.']);
});
