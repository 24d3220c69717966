import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { test } from 'tap';

import { clientAt, runCli } from '../cli/cli-process.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { Composed } from './composed.ts';
import { projectFolder } from './compose-file.ts';

const password = 'correct-horse';
const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

await test('the compose commands of the README lead to a conversation', async (t) => {
  const cwd = t.testdir();
  const [upLine, addLine, copyLine, connectLine, ...others] = commands();
  t.equal(upLine, 'docker compose up --build --detach');
  await using composed = await Composed.up();
  const { workdir, printed } = composed.image;
  t.notMatch(printed, /warn|deprecated/i, 'npm finds nothing to complain of');
  t.same((await readdir(workdir)).toSorted(), [
    'certs',
    'dist',
    'docker',
    'keys',
    'node_modules',
    'package.json',
  ]);
  const write = composed.exec('chat-1', ['sh', '-c', ': > dist/cli/main.js']);
  await t.rejects(write, 'the program cannot be changed by who runs it');

  const [, service = '', words = ''] = /^docker compose exec (\S+) (.+)$/.exec(addLine ?? '') ?? [];
  t.equal(await composed.exec(service, words.split(' '), `${password}\n`), 'Added alice.\n');
  const addBob = words.replace('alice', 'bob').split(' ');
  t.equal(await composed.exec('chat-2', addBob, `${password}\n`), 'Added bob.\n');

  const [, from = '', path = '', to = ''] =
    /^docker compose cp (\S+):(\S+) (\S+)$/.exec(copyLine ?? '') ?? [];
  await composed.cp(from, path, join(cwd, to));
  const bob: ChatClient = clientAt(t, composed.portOf('chat-2'), readFileSync(join(cwd, to)));
  await bob.reads(greeting);
  bob.send(`LOGIN bob ${password}`);
  await bob.reads('SUCCESS: Welcome bob. You are in lobby.');

  const [, args = ''] = /^node dist\/cli\/main\.js (.+)$/.exec(connectLine ?? '') ?? [];
  const here = args.replace(':1222', `:${composed.portOf('chat-1')}`).split(' ');
  const env = { SECURECHAT_PASSWORD: password };
  const said = await runCli(here, { cwd, env, input: 'Good morning!\n' });
  t.match(said, { code: 0, stdout: /^STORED lobby \S+ \d+$/m, stderr: '' });
  await bob.reads('[lobby] Server: alice joined.', '[lobby] alice: Good morning!');
  await bob.reads('[lobby] Server: alice left.');
  t.same(others, [], 'nothing else is to be typed');

  const erase = ['node', 'dist/cli/main.js', 'user', 'erase', 'alice', '--yes'];
  t.match(await composed.exec('chat-2', erase), /^The master key is replaced/m, 'texts are sealed');
  t.match(
    await composed.exec('chat-1', ['node', 'dist/cli/main.js', 'audit', 'key']),
    /^securechat\+/,
  );

  t.same(await composed.stop(), [0, 0]);
  t.same(await bob.closes(), [
    'ERROR: This server is stopping. Connect again, or to another server.',
  ]);
});

/** The commands under "With compose". */
function commands(): readonly string[] {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  const [, block = ''] = /\n## With compose\n+```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  return block.trimEnd().split('\n');
}
