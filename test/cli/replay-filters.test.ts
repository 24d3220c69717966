import { test } from 'tap';

import { chatIn } from './chat-folder.ts';
import { type CliEnd, runCli } from './cli-process.ts';

const replay = (cwd: string, ...args: readonly string[]): Promise<CliEnd> =>
  runCli(['replay', ...args], { cwd });

await test('filters choose by room, user, type, time and position', async (t) => {
  const cwd = await chatIn(t);
  const said = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await replay(cwd, '--format', 'ndjson', '--to-position', '10', ...args);
    const lines = stdout.split('\n').slice(0, -1);
    return lines.map((line) => {
      const { type, position } = JSON.parse(line) as { type: string; position: number };
      return `${position} ${type}`;
    });
  };
  const lost = '10 ServerLost';
  t.strictSame(await said('--room', 'LOBBY', '--user', 'alice'), [
    '4 RoomJoined',
    '8 MessagePosted',
    lost,
  ]);
  t.strictSame(await said('--types', 'MessagePosted,UserSubscribed'), [
    '7 UserSubscribed',
    '8 MessagePosted',
    '9 MessagePosted',
  ]);
  t.strictSame(await said('--from-position', '9'), ['9 MessagePosted', lost]);
  t.strictSame(await said('--since', '2026-11-27 06:20:52.001'), ['9 MessagePosted', lost]);
  const early = await replay(
    cwd,
    '--format',
    'csv',
    '--until',
    '2026-11-27T06:20:52Z',
    '--types',
    'MessagePosted',
  );
  t.match(
    early.stdout,
    /^# [^\n]*\r\ntime,[^\n]*\r\n2026-11-27T06:20:52\.000Z,0,8,[^\n]*,hello\r\n$/,
  );
});

await test('of a room in which nobody ever was nothing is shown, and that is said', async (t) => {
  const cwd = await chatIn(t);
  const { code, stdout, stderr } = await replay(cwd, '--room', 'nowhere');
  t.equal(code, 0);
  t.equal(stdout, '');
  t.equal(stderr, 'securechat: Nobody was ever in nowhere.\n');
  const both = await replay(cwd, '--room', 'nowhere', '--room', 'lobby');
  t.match(both.stdout, /server north was lost/, 'it took people out of the other');
  t.equal(both.stderr, 'securechat: Nobody was ever in nowhere.\n');
  const later = await replay(cwd, '--room', 'lobby', '--from-position', '10');
  t.match(later.stdout, /server north was lost/);
  t.equal(later.stderr, '');
});

await test('of a user who never was nothing is shown, and that is said', async (t) => {
  const cwd = await chatIn(t);
  const { code, stdout, stderr } = await replay(cwd, '--user', 'nobody');
  t.match({ code, stdout }, { code: 0, stdout: '' });
  t.equal(stderr, 'securechat: Nobody was ever called nobody.\n');
  const early = await replay(cwd, '--user', 'bob', '--to-position', '3');
  t.equal(early.stderr, 'securechat: Nobody was ever called bob, up to there.\n');
  const both = await replay(cwd, '--user', 'nobody', '--user', 'bob');
  t.match(both.stdout, /bob: hi[^]*server north was lost/);
  const typed = await replay(cwd, '--user', 'bob', '--types', 'AccountRegistered');
  t.strictSame(typed, { code: 0, stdout: '', stderr: '' }, 'of other types there may be some');
});
