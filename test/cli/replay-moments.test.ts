import { join } from 'node:path';
import { test } from 'tap';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import type { ChatEvent } from '../../core/event.ts';
import { write, type Written } from '../support/memory-history.ts';
import { chatIn } from './chat-folder.ts';
import { type CliEnd, runCli } from './cli-process.ts';

const replay = (cwd: string, ...args: readonly string[]): Promise<CliEnd> =>
  runCli(['replay', ...args], { cwd });

const inRoom = (event: ChatEvent): Written => ({ stream: 'room:iitkgp', event });

await test('the chat as it was at a moment, for people and with its hash', async (t) => {
  const cwd = await chatIn(t);
  const then = await replay(cwd, '--at', '2026-11-27 06:20:00');
  t.equal(
    then.stdout,
    [
      'At 2026-11-27 06:20:00 UTC, position 7',
      '',
      'Online: 2',
      '  alice on north since 2026-11-27 06:19:52, in lobby',
      '  bob on north since 2026-11-27 06:19:52, in lobby, follows alice',
      '',
      'Rooms: 1',
      '  lobby (2): alice, bob',
      '',
      'Servers: 1  north',
      '',
    ].join('\n'),
  );
  const states = await Promise.all(
    ['7', '7', '10'].map(async (at) => {
      const { stdout } = await replay(cwd, '--at', at, '--state', 'json');
      return JSON.parse(stdout) as {
        sha256: string;
        state: { sessions: object; following: object };
      };
    }),
  );
  t.match(states[0]?.sha256, /^[0-9a-f]{64}$/);
  t.equal(states[0]?.sha256, states[1]?.sha256);
  t.not(states[0]?.sha256, states[2]?.sha256);
  t.strictSame(states[2]?.state.sessions, {});
  t.strictSame(Object.keys(states[2]?.state.following ?? {}), ['bob']);
});

await test('of a server that did not run at a moment nothing is told', async (t) => {
  const cwd = await chatIn(t);
  const asked = ['--state', 'json', '--server'];
  t.match(await replay(cwd, '--at', '7', ...asked, 'north'), { code: 0, stdout: /"sha256"/ });
  t.strictSame(await replay(cwd, '--at', '7', ...asked, 'nobody'), {
    code: 1,
    stdout: '',
    stderr: 'securechat: No server nobody ran then: north did.\n',
  });
  t.match(await replay(cwd, '--at', '10', ...asked, 'north'), { code: 1, stderr: /: none did/ });
});

await test('what changed between two moments', async (t) => {
  const cwd = await chatIn(t);
  const { stdout } = await replay(cwd, '--diff', '7', '10');
  t.equal(
    stdout,
    [
      'From position 7, 2026-11-27 06:19:52 UTC to position 10, 2026-11-27 06:22:52 UTC: 3 events',
      '  - server north runs',
      '  - alice online',
      '  - bob online',
      '  - alice in lobby',
      '  - bob in lobby',
      '  ~ 2 messages in lobby',
      '',
    ].join('\n'),
  );
  const backwards = await replay(cwd, '--diff', '10', '7');
  t.match(backwards, { code: 2, stderr: /is later than the second/ });
});

await test('a room that nobody is in any more is called as it was, by a log and by a file', async (t) => {
  const cwd = t.testdir({});
  const stores = await openLmdb({ dir: join(cwd, 'data') });
  const session = { user: 'dave', session: 'dave1' };
  const named = { ...session, room: 'iitkgp', name: 'IITKGP', server: 'north', incarnation: 1 };
  await write(
    stores.events,
    [
      inRoom({ type: 'RoomJoined', data: named }),
      inRoom({ type: 'RoomLeft', data: { ...session, room: 'iitkgp' } }),
      inRoom({ type: 'MessagePosted', data: { ...session, room: 'iitkgp' }, text: 'late' }),
    ],
    { now: 0 },
  );
  await stores.close();
  const told = /: 2 events\n {2}- dave in IITKGP\n {2}~ 1 message in IITKGP\n$/;
  t.match((await replay(cwd, '--diff', '2', '4')).stdout, told);
  t.match(
    (await replay(cwd, '--diff', '3', '4')).stdout,
    /: 1 event\n {2}~ 1 message in IITKGP\n$/,
  );
  await replay(cwd, '--slice', '--out', 'slice.ndjson');
  t.match((await replay(cwd, '--diff', '2', '4', 'slice.ndjson')).stdout, told);
});
