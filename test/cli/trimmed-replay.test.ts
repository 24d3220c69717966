import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pino from 'pino';
import { type Test, test } from 'tap';

import { loadOrMakeSigningKey } from '../../adapters/audit/signing-key.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { LogArchive } from '../../adapters/log-file/archive.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { accountStream } from '../../core/stream.ts';
import { Expiry } from '../../server/expiry.ts';
import { Sealer } from '../../server/sealer.ts';
import { Trimmer } from '../../server/trimmer.ts';
import { accountRegistered, commitTo } from '../support/events.ts';
import { says, write, type Written } from '../support/memory-history.ts';
import { story } from './chat-folder.ts';
import { type CliEnd, runCli } from './cli-process.ts';

const dayMs = 86_400_000;

/** Two accounts, the story without its end, and two messages more, each on a day of its own. */
const lives: readonly Written[] = [
  ...story.slice(0, -1),
  says('alice', 'on the second day', dayMs),
  says('bob', 'on the third day', dayMs),
];

/** Where what was said on which day begins. */
const secondDay = 12;
const thirdDay = 13;
const lateFile = join('kept', `log-p0-${secondDay}-${thirdDay - 1}.ndjson.gz`);

/** A folder whose `data` holds the last day of a log, and `kept` the two days before. */
async function trimmedIn(t: Test, seals = false): Promise<string> {
  const cwd = t.testdir({});
  const dir = join(cwd, 'data');
  const clock = { now: Date.now() - 3 * dayMs };
  const now = (): number => clock.now;
  const plain = await openLmdb({ dir, own: true, now });
  const master = { file: join(dir, 'master.key'), make: true };
  const stores = await sealStores(plain, { master, seals }, now);
  const { events } = stores;
  const writer = events.writer('filler', 1);
  for (const user of ['alice', 'bob'])
    await writer.append(commitTo(accountStream(user), accountRegistered(user)));
  await writer.close();
  await write(events, lives, clock);
  const sealer = new Sealer(events, loadOrMakeSigningKey(join(dir, 'audit.key')), 'filler');
  t.equal(await sealer.seal(0), 'sealed');
  await sealer.close();
  const archive = new LogArchive(join(cwd, 'kept'));
  for (const since of [1.5 * dayMs, 0.5 * dayMs])
    await new Trimmer({ days: 1, archive }, stores, pino({ enabled: false }), () => {
      return clock.now - since + dayMs;
    }).look();
  t.match(await events.head(0), { first: thirdDay });
  t.same(readdirSync(join(cwd, 'kept')).toSorted(), [
    `log-p0-1-${secondDay - 1}.ndjson.gz`,
    basename(lateFile),
  ]);
  await stores.close();
  return cwd;
}

/** Who said what in the lobby. */
const said = ({ stdout }: CliEnd): readonly string[] =>
  [...stdout.matchAll(/lobby {5}(\w+: .*)$/gm)].map(([, words = '']) => words);

const cut = /begins at position 13: what was before was trimmed\. .* --archive/;

await test('the history of a trimmed log is read as far as it goes, and whole with its archive', async (t) => {
  const cwd = await trimmedIn(t);
  const replay = (...args: string[]): Promise<CliEnd> => runCli(['replay', ...args], { cwd });
  const messages = ['--types', 'MessagePosted'];
  const rest = await replay(...messages);
  t.match(rest, { code: 0, stderr: cut });
  t.strictSame(said(rest), ['bob: on the third day']);
  const whole = await replay(...messages, '--archive', 'kept');
  t.match(whole, { code: 0, stderr: '' });
  const all = ['alice: hello', 'bob: hi', 'alice: on the second day', 'bob: on the third day'];
  t.strictSame(said(whole), all);
  t.strictSame(said(await replay(lateFile, ...messages)), ['alice: on the second day']);
});

await test('a state of a trimmed log is told from its snapshots, or refused, and any with its archive', async (t) => {
  const cwd = await trimmedIn(t);
  const replay = (...args: string[]): Promise<CliEnd> => runCli(['replay', ...args], { cwd });
  const { stdout } = await replay('--at', '13', '--state', 'json');
  const { state } = JSON.parse(stdout) as { state: { sessions: object; following: object } };
  t.equal(Object.keys(state.sessions).length, 2);
  t.strictSame(state.following, { bob: { revision: 1, targets: ['alice'] } });
  t.match(await replay('--at', '11'), { code: 1, stdout: '', stderr: cut });
  t.match(await replay('--at', '11', '--archive', 'kept'), { code: 0, stdout: /Online: 2/ });
  t.match(await replay(lateFile, '--at', '12'), { code: 1, stdout: '', stderr: /a part of a log/ });
  const seen = await replay('--as', 'bob', '--archive', 'kept');
  t.match(seen, { code: 0, stdout: /alice: hello\n.*alice: on the second day\n/s });
  t.match(await replay('--as', 'alice'), {
    code: 0,
    stdout: /^\[lobby\] bob: on the third day\n$/,
  });
});

await test('a trimmed log is exported with its archive only, and so it is known who saw what went', async (t) => {
  const cwd = await trimmedIn(t);
  const audit = (...args: string[]): Promise<CliEnd> => runCli(['audit', ...args], { cwd });
  const kept = ['--archive', 'kept'];
  t.match(await audit('export', '--out', 'log.ndjson.gz'), { code: 1, stderr: cut });
  t.match(await audit('export', '--out', 'log.ndjson.gz', ...kept), { code: 0 });
  t.match(await audit('verify', 'log.ndjson.gz'), { code: 0, stdout: /Whole/ });
  t.match(await audit('who-saw', 'lobby', '3'), { code: 1, stderr: cut });
  t.match(await audit('who-saw', 'lobby', '3', ...kept), { code: 0, stdout: /bob on north/ });
  t.match(await audit('who-saw', 'lobby', '6'), { code: 0, stdout: /alice on north/ });
});

await test('an archive is read and judged without its log, as a part of one', async (t) => {
  const cwd = await trimmedIn(t);
  rmSync(join(cwd, 'data'), { recursive: true });
  const run = (...args: string[]): Promise<CliEnd> => runCli(args, { cwd });
  const read = await run('replay', 'kept', '--types', 'MessagePosted');
  t.match(read, { code: 0, stderr: '' });
  t.strictSame(said(read), ['alice: hello', 'bob: hi', 'alice: on the second day']);
  t.match(await run('replay', 'kept', '--at', '11'), { code: 0, stdout: /Online: 2/ });
  t.match(await run('audit', 'verify', 'kept'), {
    code: 3,
    stderr: /: A part of the log: .*\n.*position 1 and those up to 12 are not judged/,
  });
  t.match(await run('audit', 'verify', lateFile), {
    code: 1,
    stderr:
      /log-p0-12-12\S+ is a part of a log, positions 12 to 12 of partition 0, .*proves nothing/,
  });
  t.match(await run('audit', 'verify', '.'), { code: 1, stderr: /There is no file of an archive/ });
  t.match(await run('audit', 'verify', lateFile, '--archive', 'kept'), {
    code: 2,
    stderr: /--archive goes with the live log/,
  });
});

await test('what a room no longer keeps is told as such from its archive too, and the log is whole', async (t) => {
  const cwd = await trimmedIn(t, true);
  const dir = join(cwd, 'data');
  const master = { file: join(dir, 'master.key'), make: false };
  const stores = await sealStores(await openLmdb({ dir }), { master, seals: true });
  const { textKeys: keys } = stores;
  if (keys === undefined) throw new Error('texts are sealed');
  // As a server does two months later, whose lobby keeps what is said for a day.
  const kept = new Map([['lobby', 1]]);
  const log = pino({ enabled: false });
  await new Expiry(
    { keys, leases: stores.leases, rewrite: () => stores.rewrite() },
    () => kept,
    log,
    () => Date.now() + 62 * dayMs,
  ).look();
  await stores.close();
  const messages = ['--types', 'MessagePosted', '--archive', 'kept'];
  t.strictSame(said(await runCli(['replay', ...messages], { cwd })), [
    'alice: [expired]',
    'bob: [expired]',
    'alice: [expired]',
    'bob: [expired]',
  ]);
  t.match(await runCli(['audit', 'verify', '--archive', 'kept'], { cwd }), {
    code: 0,
    stdout: /Whole/,
  });
});

await test('an archive holds sealed texts, which live keys open, and an erasure closes', async (t) => {
  const cwd = await trimmedIn(t, true);
  const replay = (): Promise<CliEnd> =>
    runCli(['replay', '--types', 'MessagePosted', '--archive', 'kept'], { cwd });
  for (const file of readdirSync(join(cwd, 'kept')))
    t.notMatch(gunzipSync(readFileSync(join(cwd, 'kept', file))).toString(), /hello|aGVsbG8|day/);
  t.match(await replay(), { code: 0, stdout: /alice: hello\n.*bob: hi\n/s });
  const erased = await runCli(['user', 'erase', 'alice', '--yes'], { cwd });
  t.match(erased, { code: 0, stdout: /Not reached by this:/ });
  t.notMatch(erased.stdout, /archives/);
  const { stdout } = await replay();
  t.notMatch(stdout, /hello|second day/);
  t.match(stdout, /alice: \[erased\]\n.*bob: hi\n.*alice: \[erased\]\n.*bob: on the third day\n/s);
  const verified = await runCli(['audit', 'verify', '--archive', 'kept'], { cwd });
  t.match(verified, { code: 0, stdout: /Erased, and whole all the same: what alice wrote\./ });
});
