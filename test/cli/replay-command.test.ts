import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { auditStream } from '../../core/stream.ts';
import { says, write } from '../support/memory-history.ts';
import { until } from '../support/until.ts';
import { chatIn, story } from './chat-folder.ts';
import { type CliEnd, runCli, startCli } from './cli-process.ts';

const replay = (cwd: string, ...args: readonly string[]): Promise<CliEnd> =>
  runCli(['replay', ...args], { cwd });

await test('the history is read as people read it, and that it was read is its last line', async (t) => {
  const cwd = await chatIn(t);
  const { code, stdout, stderr } = await replay(cwd);
  t.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  t.match(lines[0], /^# People’s own words in plain text/);
  t.match(lines[1], /^2026-11-27 06:19:52 {2}· {9}the log begins, epoch /);
  t.strictSame(lines.slice(2, -1), [
    '2026-11-27 06:19:52  ·         server north started',
    '2026-11-27 06:19:52  ·         alice logged in on north',
    '2026-11-27 06:19:52  lobby     alice joined',
    '2026-11-27 06:19:52  ·         bob logged in on north',
    '2026-11-27 06:19:52  lobby     bob joined',
    '2026-11-27 06:19:52  ·         bob follows alice',
    '2026-11-27 06:20:52  lobby     alice: hello',
    '2026-11-27 06:21:52  lobby     bob: hi',
    '2026-11-27 06:22:52  ·         server north was lost: what it held is over',
  ]);
  t.match(lines.at(-1), / read the log: replay$/);
});

await test('who reads, what and why is recorded, and nothing else is written', async (t) => {
  const cwd = await chatIn(t);
  const { code } = await replay(cwd, '--room', 'lobby', '--since', '2026-11-27', '--why', 'case 7');
  t.equal(code, 0);
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  const { position } = await stores.events.head(0);
  t.equal(position, story.length + 2);
  const query = { stream: auditStream(0), partition: 0, limit: 9 };
  const [read, ...others] = await stores.events.readStream(query);
  await stores.close();
  t.strictSame(others, []);
  t.match(read?.event, {
    type: 'AuditRead',
    data: { what: 'replay --room lobby --since 2026-11-27', why: 'case 7' },
  });
});

await test('what cannot be done is refused before it is recorded that somebody read', async (t) => {
  const cwd = await chatIn(t);
  writeFileSync(join(cwd, 'there'), '');
  const out = ['--out', 'there'];
  for (const args of [
    ['replay', '--step'],
    ['replay', '--diff', '9', '5'],
    ['replay', '--at', '999'],
    ['replay', '--at', '2999-01-01'],
    ['replay', '--since', '2999-01-01'],
    ['replay', '--from-position', '999'],
    ['replay', '--slice', ...out],
    ['replay', '--report', 'no/folder.html'],
    ['audit', 'export', ...out],
  ]) {
    const { code, stdout } = await runCli(args, { cwd });
    t.not(code, 0, args.join(' '));
    t.equal(stdout, '');
  }
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  t.equal((await stores.events.head(0)).position, story.length + 1);
  await stores.close();
});

await test('a log that is not there is not made', async (t) => {
  const cwd = t.testdir({ empty: {} });
  for (const args of [[], ['--data', 'empty'], ['--data', 'nowhere/at/all']]) {
    const { code, stdout, stderr } = await replay(cwd, ...args);
    t.equal(code, 1);
    t.equal(stdout, '');
    t.match(stderr, /^securechat: There is no log in the data folder [^\n]*--data\.\n$/);
  }
  t.strictSame(readdirSync(cwd), ['empty']);
  t.strictSame(readdirSync(join(cwd, 'empty')), []);
  const missing = await replay(cwd, 'nothing.ndjson');
  t.equal(missing.code, 1);
  t.match(missing.stderr, /^securechat: The log file nothing\.ndjson cannot be read/);
});

await test('what is appended later is shown by --follow, until Ctrl-C', async (t) => {
  const cwd = await chatIn(t);
  await using following = startCli(['replay', '--follow', '--types', 'MessagePosted'], { cwd });
  const shows = (text: string): Promise<unknown> =>
    until(() => following.output.stdout.includes(text), { what: text, withinMs: 20_000 });
  await shows('bob: hi');
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  await write(stores.events, [says('alice', 'and now')], { now: 0 });
  await stores.close();
  await shows('alice: and now');
  following.child.kill('SIGINT');
  t.equal((await following.ended()).code, 0);
});

await test('sealed texts are read with the key that is there, and are not without', async (t) => {
  const cwd = t.testdir({});
  const dir = join(cwd, 'data');
  const key = join(dir, 'master.key');
  const sealing = { master: { file: key, make: true }, seals: true };
  const stores = await sealStores(await openLmdb({ dir }), sealing);
  await write(stores.events, story, { now: 0 });
  await stores.close();
  const said = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await replay(cwd, ...args, '--types', 'MessagePosted');
    return [...stdout.matchAll(/lobby {5}(.*)$/gm)].map(([, words = '']) => words);
  };
  t.strictSame(await said(), ['alice: hello', 'bob: hi']);
  const shown = await replay(cwd, '--as', 'bob');
  t.match(shown.stdout, /\[lobby\] alice: hello\n/);
  await replay(cwd, '--slice', '--out', 'slice.ndjson');
  t.notMatch(readFileSync(join(cwd, 'slice.ndjson'), 'utf8'), 'hello');
  t.strictSame(await said('slice.ndjson'), ['alice: [sealed]', 'bob: [sealed]']);
  renameSync(key, join(cwd, 'elsewhere.key'));
  t.strictSame(await said(), ['alice: [sealed]', 'bob: [sealed]']);
  t.notOk(existsSync(key), 'no key is made');
  t.strictSame(await said('--master-key-file', 'elsewhere.key'), ['alice: hello', 'bob: hi']);
});

await test('what makes no sense is told in words, and nothing is opened', async (t) => {
  const cwd = t.testdir({});
  for (const args of [
    ['--since', 'soon'],
    ['--at', ''],
    ['--as', 'a!'],
    ['--format', 'xml'],
    ['--slice'],
  ]) {
    const { code, stderr } = await replay(cwd, ...args);
    t.equal(code, 2, args.join(' '));
    t.match(stderr, /^securechat: --/);
  }
  t.notOk(existsSync(join(cwd, 'data')));
  const { code, stdout } = await replay(cwd, '--help');
  t.equal(code, 0);
  t.match(stdout, /read what happened/i);
  t.match(stdout, /2026-11-27T06:19:52\+01:00/);
});
