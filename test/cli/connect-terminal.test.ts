import { join } from 'node:path';
import { type Test, test } from 'tap';

import { graphemesOf, textWidth } from '../../cli/terminal/display-width.ts';
import {
  greeting,
  type ScriptedConnection,
  startScriptedLineServer,
} from '../support/scripted-line-server.ts';
import { type Pane, startInTmux } from '../support/tmux.ts';
import { mainFile } from './cli-process.ts';

interface ConnectedOptions {
  readonly columns?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `securechat connect` in a terminal, with nothing said yet, and the server's side of it. */
async function connected(t: Test, { columns = 80, args = [], env = {} }: ConnectedOptions = {}) {
  const cwd = t.testdir();
  const server = await startScriptedLineServer(join(cwd, 'certs'));
  const command = [process.execPath, mainFile, 'connect', String(server.port), ...args];
  const pane = await startInTmux(command, {
    columns,
    rows: 16,
    cwd,
    env: { ...unsaid, ...env },
  });
  const connection = await server.connection();
  const end = async (): Promise<void> => {
    await pane[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, pane, connection, [Symbol.asyncDispose]: end };
}

/** What the environment of the tests may say about colours. */
const unsaid = { NO_COLOR: '', FORCE_COLOR: '', CI: '' };

async function logIn(pane: Pane, connection: ScriptedConnection): Promise<void> {
  await pane.showsMatching(/^User:/);
  await pane.type('alice');
  await pane.press('Enter');
  await pane.showsMatching(/^Password for alice:/);
  await pane.type('password123');
  await pane.press('Enter');
  await connection.logsIn('alice', 'password123');
  await pane.showsMatching(/^lobby>/);
}

async function leave(pane: Pane, connection: ScriptedConnection): Promise<void> {
  await pane.press('C-c', 'C-d');
  await connection.reads('/quit');
  connection.send('SUCCESS: Goodbye alice.');
  connection.end();
}

for (const columns of [80, 40])
  await test(`what is being typed stays whole while messages arrive, at ${columns} columns`, async (t) => {
    await using chat = await connected(t, { columns });
    const { pane, connection } = chat;
    await logIn(pane, connection);
    const typed =
      '漢字 and 🙂 in a line that is so long that it goes on over several rows: あいうえお';
    await pane.type(typed);
    const [left, right] = [graphemesOf(typed).slice(0, -30), graphemesOf(typed).slice(-30)];
    await pane.press(...right.map(() => 'Left'));
    const input = rowsOf(`lobby> ${typed}`, columns);
    const place = brokenAt(columns, `lobby> ${left.join('')}`);
    for (let number = 0; number <= 3; number++) {
      if (number > 0) connection.send(`[lobby] bob: number ${number}`);
      await pane.shows(...(number > 0 ? [`[lobby] bob: number ${number}`] : []), ...input);
      const row = (await pane.rows()).length - input.length + place.length - 1;
      await pane.hasCursorAt({ row, column: textWidth(place.at(-1) ?? '') });
    }
    await pane.type('X');
    const edited = `${left.join('')}X${right.join('')}`;
    await pane.shows('[lobby] bob: number 3', ...rowsOf(`lobby> ${edited}`, columns));
    await pane.press('Enter');
    await connection.reads(edited);
    await pane.shows(...rowsOf(`[lobby] alice: ${edited}`, columns), 'lobby>');
    await leave(pane, connection);
    t.equal(await pane.exited(), 0);
  });

await test('a terminal that changes its width shows the line as before', async (t) => {
  await using chat = await connected(t, { columns: 60 });
  const { pane, connection } = chat;
  await logIn(pane, connection);
  const typed = '漢字 and words enough to fill more than one row of sixty columns, and more';
  await pane.type(typed);
  for (const columns of [40, 25, 61, 80, 30]) {
    await pane.resize({ columns, rows: 16 });
    await pane.shows(...rowsOf(`lobby> ${typed}`, columns));
    connection.send(`[lobby] bob: at ${columns}`);
    await pane.shows(`[lobby] bob: at ${columns}`, ...rowsOf(`lobby> ${typed}`, columns));
    const rows = await pane.rows();
    t.equal(rows.filter((row) => row.startsWith('lobby>')).length, 1, `once, at ${columns}`);
  }
});

await test('a password is not seen, neither when typed nor later', async (t) => {
  await using chat = await connected(t);
  const { pane, connection } = chat;
  await pane.showsMatching(/^User:/);
  await pane.type('alice');
  await pane.press('Enter');
  await pane.showsMatching(/^Password for alice:$/);
  await pane.type('password123');
  await pane.press('Enter');
  await connection.reads('LOGIN alice password123');
  connection.send('ERROR: Invalid credentials.', greeting);
  await pane.shows(
    'ERROR: Invalid credentials.',
    'An empty password leads back to the name.',
    'Password for alice:',
  );
  t.notMatch((await pane.rows()).join('\n'), /password1/);
  await pane.press('C-c');
  t.equal(await pane.exited(), 1);
});

await test('names, notices and errors have their colours, and none with NO_COLOR', async (t) => {
  const say = [
    '[lobby] Server: bob joined.',
    '[lobby] bob: hi',
    '[DM] bob: psst',
    '[Subbed] bob: there',
    'ERROR: There is no user zed.',
  ];
  {
    await using chat = await connected(t);
    await logIn(chat.pane, chat.connection);
    chat.connection.send(...say);
    await chat.pane.shows(...say, 'lobby>');
    const styled = (await chat.pane.styledRows()).slice(-6, -1);
    const looks = styled.map((row) => [...row.matchAll(/\u001b\[[\d;]*m/g)].join(''));
    t.equal(new Set(looks).size, say.length, JSON.stringify(styled));
  }
  await using chat = await connected(t, { env: { NO_COLOR: '1' } });
  await logIn(chat.pane, chat.connection);
  chat.connection.send(...say);
  await chat.pane.shows(...say, 'lobby>');
  t.notMatch((await chat.pane.styledRows()).join('\n'), /\u001b/);
});

await test('several pasted lines are one line, which nobody sends unasked', async (t) => {
  await using chat = await connected(t);
  const { pane, connection } = chat;
  await logIn(pane, connection);
  await pane.type('say: ');
  await pane.paste('one\ntwo\tthree');
  await pane.shows('lobby> say: one two three');
  await pane.press('Enter');
  await connection.reads('say: one two three');
});

await test('after a loss it comes back by itself, to the room and to the typed line', async (t) => {
  await using chat = await connected(t, { args: ['--room', 'IITKGP'] });
  const { pane, connection, server } = chat;
  await pane.showsMatching(/^User:/);
  await pane.type('alice');
  await pane.press('Enter');
  await pane.type('password123');
  await pane.press('Enter');
  await connection.logsIn('alice', 'password123');
  await connection.reads('/join IITKGP');
  connection.send('SUCCESS: Joined IITKGP');
  await pane.showsMatching(/^IITKGP>/);
  await pane.type('sent');
  await pane.press('Enter');
  await connection.reads('sent');
  await pane.type('half a');
  connection.vanish();
  await pane.showsMatching(/^Perhaps not sent: sent/);
  const again = await server.connection();
  await again.logsIn('alice', 'password123');
  await again.reads('/join IITKGP');
  again.send('SUCCESS: Joined IITKGP');
  await pane.shows('Connected again.', 'SUCCESS: Joined IITKGP', 'IITKGP> half a');
  again.send('ERROR: Session taken over from another connection.');
  again.end();
  t.equal(await pane.exited(), 1);
  await pane.showsMatching(/took it over/);
});

/** How a text is seen in rows of so many columns. */
function rowsOf(text: string, columns: number): string[] {
  return brokenAt(columns, text).map((row) => row.trimEnd());
}

/** A CJK character or an emoji takes two columns. */
function brokenAt(columns: number, text: string): string[] {
  const rows = [''];
  let width = 0;
  for (const character of text) {
    const taken = /[\u3000-\u9fff]|\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
    if (width + taken > columns) {
      rows.push('');
      width = 0;
    }
    rows[rows.length - 1] += character;
    width += taken;
  }
  return rows;
}
