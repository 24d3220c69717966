import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { accountStream, auditStream } from '../../core/stream.ts';
import { accountRegistered, commitTo } from '../support/events.ts';
import { write } from '../support/memory-history.ts';
import { chatIn, story } from './chat-folder.ts';
import { type CliEnd, runCli } from './cli-process.ts';

const notice = /People’s own words in plain text/;
const begins = /^# People’s own words in plain text/;

/** A folder whose `data` holds the story with its texts sealed, and the master key beside it. */
async function sealedChatIn(t: Test): Promise<string> {
  const cwd = t.testdir({});
  const dir = join(cwd, 'data');
  const master = { file: join(dir, 'master.key'), make: true };
  const stores = await sealStores(await openLmdb({ dir }), { master, seals: true });
  const writer = stores.events.writer('filler', 1);
  await writer.append(commitTo(accountStream('alice'), accountRegistered('alice')));
  await writer.close();
  await write(stores.events, story.slice(0, -1), { now: 0 });
  await stores.close();
  return cwd;
}

/** What each reading of the log was recorded to hold. */
async function recorded(cwd: string): Promise<readonly (string | undefined)[]> {
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  const query = { stream: auditStream(0), partition: 0, limit: 99 };
  const holds = (await stores.events.readStream(query)).flatMap(({ event }) =>
    event.type === 'AuditRead' ? [event.data.holds] : [],
  );
  await stores.close();
  return holds;
}

await test('plain words are told of, and recorded, only where some follow', async (t) => {
  const cwd = await chatIn(t);
  const replay = (...args: string[]): Promise<CliEnd> => runCli(['replay', ...args], { cwd });
  const none: readonly string[][] = [
    ['--types', 'AuditRead'],
    ['--types', 'RoomJoined,RoomLeft'],
    ['--room', 'nowhere'],
    ['--to-position', '7'],
  ];
  for (const args of none) t.notMatch((await replay(...args)).stdout, notice, args.join(' '));
  t.match((await replay('--format', 'csv', '--to-position', '7')).stdout, /^time,partition,/);
  t.match((await replay('--user', 'bob')).stdout, begins);
  t.match((await replay('--format', 'csv')).stdout, begins);
  t.match((await replay('--as', 'bob')).code, 0);
  const names = [...none, 'csv'].map(() => 'names');
  t.strictSame(await recorded(cwd), [...names, 'words', 'words', 'words']);
});

await test('of texts that nobody can open no plain words are told of, nor recorded', async (t) => {
  const cwd = await sealedChatIn(t);
  const run = (...args: string[]): Promise<CliEnd> => runCli(args, { cwd });
  await run('replay', '--slice', '--out', 'slice.ndjson');
  const filed = await run('replay', 'slice.ndjson');
  t.match(filed, { code: 0, stdout: /alice: \[sealed\]/ });
  t.notMatch(filed.stdout, notice);
  t.match((await run('replay')).stdout, begins);
  const key = join(cwd, 'data', 'master.key');
  renameSync(key, join(cwd, 'elsewhere.key'));
  t.notMatch((await run('replay')).stdout, notice);
  await run('replay', '--as', 'bob');
  renameSync(join(cwd, 'elsewhere.key'), key);
  t.strictSame(await recorded(cwd), ['sealed', 'words', 'names', 'names']);
});

await test('who saw an erased message is told without its words, and of none that there is not', async (t) => {
  const cwd = await sealedChatIn(t);
  const run = (...args: string[]): Promise<CliEnd> => runCli(args, { cwd });
  const said = await run('audit', 'who-saw', 'lobby', '3');
  t.match(said, { code: 0, stdout: begins });
  const unsaid = await run('audit', 'who-saw', 'lobby', '99');
  t.match(unsaid, { code: 1, stdout: '', stderr: /There is no message with the number 99/ });
  t.match(await run('user', 'erase', 'alice', '--yes'), { code: 0 });
  const erased = await run('audit', 'who-saw', 'lobby', '3');
  t.match(erased, { code: 0, stdout: /alice: \[erased\]/ });
  t.notMatch(erased.stdout, notice);
  t.notMatch((await run('replay', '--user', 'alice')).stdout, notice);
  t.match((await run('replay', '--user', 'bob')).stdout, begins);
  t.strictSame(await recorded(cwd), ['words', 'names', 'names', 'words']);
});
