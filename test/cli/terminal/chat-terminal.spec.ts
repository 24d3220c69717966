import { type Duplex, PassThrough } from 'node:stream';
import picocolors from 'picocolors';
import { test } from 'tap';

import { ChatTerminal } from '../../../cli/terminal/chat-terminal.ts';
import { Conversation } from '../../../cli/terminal/conversation.ts';
import { Paint } from '../../../cli/terminal/paint.ts';
import { duplexPair } from '../../support/duplex-pair.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';
import { greeting, ScriptedConnection } from '../../support/scripted-line-server.ts';
import { until } from '../../support/until.ts';

class FakeKeyboard extends PassThrough {
  readonly modes: boolean[] = [];

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw);
  }
}

/** A person at a terminal, and the servers that the terminal connects to. */
class Sitting {
  readonly screen: FakeTerminal;
  readonly keyboard = new FakeKeyboard();
  readonly code: Promise<0 | 1>;
  readonly #servers: ScriptedConnection[] = [];

  constructor({ columns = 60, stamp = (): string => '' } = {}) {
    this.screen = new FakeTerminal(columns, 24);
    this.code = new ChatTerminal({
      conversation: new Conversation({
        user: undefined,
        password: undefined,
        register: false,
        takeover: false,
        interactive: true,
        room: undefined,
        random: () => 0,
      }),
      dial: () => Promise.resolve(this.#dialled()),
      input: this.keyboard,
      output: this.screen,
      paint: new Paint(picocolors.createColors(false)),
      stamp,
    }).run();
  }

  server(): Promise<ScriptedConnection> {
    return until(() => this.#servers.shift(), { what: 'a connection', withinMs: 5_000 });
  }

  type(keys: string): void {
    this.keyboard.write(keys);
  }

  async shows(...rows: readonly string[]): Promise<void> {
    const seen = (): string => this.screen.text.slice(-rows.length).join('\n');
    await until(() => seen() === rows.join('\n'), {
      what: JSON.stringify(rows),
      withinMs: 5_000,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.screen.text.join('\n')}`);
    });
  }

  async loggedIn(): Promise<ScriptedConnection> {
    const server = await this.server();
    await this.shows('User:');
    this.type('alice\r');
    await this.shows('User: alice', 'Password for alice:');
    this.type('pw\r');
    await server.logsIn('alice', 'pw');
    await this.shows('lobby>');
    return server;
  }

  #dialled(): Duplex {
    const [near, far] = duplexPair();
    this.#servers.push(new ScriptedConnection(far));
    return near;
  }
}

await test('a person logs in, talks and goes', async (t) => {
  const sitting = new Sitting();
  const server = await sitting.loggedIn();
  t.notOk(sitting.screen.text.join('\n').includes('pw'), 'the password was not seen');
  sitting.type('hello');
  await sitting.shows('lobby> hello');
  server.send('[lobby] bob: hi alice');
  await sitting.shows('[lobby] bob: hi alice', 'lobby> hello');
  sitting.type('\r');
  await server.reads('hello');
  await sitting.shows('[lobby] bob: hi alice', '[lobby] alice: hello', 'lobby>');
  server.send('STORED lobby 0a 1');
  sitting.type('\u0004');
  await server.reads('/quit');
  server.send('SUCCESS: Goodbye alice.');
  server.end();
  t.equal(await sitting.code, 0);
  await sitting.shows('SUCCESS: Goodbye alice.', '');
  t.strictSame(sitting.keyboard.modes, [true, false], 'the terminal is as it was');
});

await test('messages leave a line of wide characters and its cursor where they are', async (t) => {
  const sitting = new Sitting({ columns: 23 });
  const server = await sitting.loggedIn();
  sitting.type('漢字🙂漢字🙂漢字🙂漢字🙂\u001b[D\u001b[D');
  await sitting.shows('lobby> 漢字🙂漢字🙂漢字', '🙂漢字🙂');
  const { cursor } = sitting.screen;
  for (let number = 1; number <= 3; number++) server.send(`[lobby] bob: message ${number}`);
  await sitting.shows('[lobby] bob: message 3', 'lobby> 漢字🙂漢字🙂漢字', '🙂漢字🙂');
  t.equal(sitting.screen.cursor.column, cursor.column);
  sitting.type('X');
  await sitting.shows('lobby> 漢字🙂漢字🙂漢字', '🙂漢X字🙂');
  sitting.type('\u0003\u0004');
  await server.reads('/quit');
  server.end();
  t.equal(await sitting.code, 0);
});

await test('after a loss it comes back to its room by itself, the typed line still there', async (t) => {
  const sitting = new Sitting();
  const server = await sitting.loggedIn();
  server.send('SUCCESS: Joined IITKGP');
  await sitting.shows('IITKGP>');
  sitting.type('half a');
  await sitting.shows('IITKGP> half a');
  server.end();
  await sitting.shows('Reconnecting in 1 s …', '(offline)> half a');
  const again = await sitting.server();
  await again.logsIn('alice', 'pw');
  await again.reads('/join IITKGP');
  again.send('SUCCESS: Joined IITKGP');
  await sitting.shows('SUCCESS: Joined IITKGP', 'IITKGP> half a');
  again.send('ERROR: Session taken over from another connection.');
  again.end();
  t.equal(await sitting.code, 1);
});

await test('a wrong password is asked for again, and a takeover is a question', async (t) => {
  const sitting = new Sitting();
  const server = await sitting.server();
  await sitting.shows('User:');
  sitting.type('alice\rwrong\r');
  await server.reads('LOGIN alice wrong');
  server.send('ERROR: Invalid credentials.', greeting);
  await sitting.shows('Password for alice:');
  sitting.type('pw\r');
  await server.reads('LOGIN alice pw');
  server.send('ERROR: User already logged in elsewhere.', greeting);
  await sitting.shows('End the other session and log in here? (y/N)');
  sitting.type('y\r');
  await server.reads('LOGIN alice pw TAKEOVER');
  server.send('SUCCESS: Welcome alice. You are in lobby.');
  await sitting.shows('lobby>');
  sitting.type('\u0003\u0003');
  await server.reads('/receipts on', '/quit');
  server.end();
  t.equal(await sitting.code, 0);
});

await test('Tab completes commands and the names seen', async (t) => {
  const sitting = new Sitting();
  const server = await sitting.loggedIn();
  server.send('[lobby] Server: barbara joined.');
  await sitting.shows('[lobby] Server: barbara joined.', 'lobby>');
  sitting.type('/ms');
  sitting.type('\t');
  sitting.type('ba');
  sitting.type('\t');
  sitting.type('hi\r');
  await server.reads('/msg barbara hi');
  sitting.type('\u0004');
  await server.reads('/quit');
  server.end();
  t.equal(await sitting.code, 0);
});

await test('a time can stand before each line', async (t) => {
  const sitting = new Sitting({ stamp: () => '12:34 ' });
  const server = await sitting.loggedIn();
  server.send('[lobby] bob: hi');
  await sitting.shows('12:34 [lobby] bob: hi', 'lobby>');
  sitting.type('\u0004');
  await server.reads('/quit');
  server.end();
  t.equal(await sitting.code, 0);
});
