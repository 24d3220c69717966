import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import type { ChatEvent } from '../../core/event.ts';
import { commitOf } from '../../server/appender.ts';
import { beginsAt } from '../support/memory-history.ts';
import { runCli } from './cli-process.ts';

const actor = { server: 'north', incarnation: 1 };
const iitkgp = 'room:iitkgp';

const joined = (user: string, room: string, name: string): ChatEvent => ({
  type: 'RoomJoined',
  data: { room, name, user, session: `${user}1`, server: 'north', incarnation: 1 },
});
const left = (user: string, room: string): ChatEvent => ({
  type: 'RoomLeft',
  data: { room, user, session: `${user}1` },
});
const closed = (user: string, reason: 'logout' | 'expired'): ChatEvent => ({
  type: 'SessionClosed',
  data: { user, session: `${user}1`, reason },
});
const opened = (user: string): ChatEvent => ({
  type: 'SessionOpened',
  data: { user, session: `${user}1`, server: 'north', incarnation: 1 },
});

/** Commits, a second apart. */
const commits: readonly (readonly (readonly [string, ChatEvent])[])[] = [
  [['session:alice', opened('alice')]],
  [['session:bob', opened('bob')]],
  [[iitkgp, joined('alice', 'iitkgp', 'IITKGP')]],
  [[iitkgp, joined('bob', 'iitkgp', 'IITKGP')]],
  [
    [
      iitkgp,
      {
        type: 'MessagePosted',
        data: { room: 'iitkgp', user: 'bob', session: 'bob1' },
        text: 'here',
      },
    ],
  ],
  [
    [iitkgp, left('alice', 'iitkgp')],
    ['room:garden', joined('alice', 'garden', 'Garden')],
  ],
  [
    ['session:alice', closed('alice', 'expired')],
    ['room:garden', left('alice', 'garden')],
  ],
  [
    [iitkgp, left('bob', 'iitkgp')],
    ['session:bob', closed('bob', 'logout')],
  ],
];

async function chatIn(t: Test): Promise<string> {
  const cwd = t.testdir({});
  const clock = { now: beginsAt };
  const stores = await openLmdb({ dir: join(cwd, 'data'), now: () => clock.now });
  const writer = stores.events.writer('north', 1);
  for (const records of commits) {
    clock.now += 1_000;
    const parts = records.map(([stream, event]) => {
      return { stream, expected: 'any', events: [event] } as const;
    });
    t.match(await writer.append(commitOf(actor, parts)), { status: 'appended' });
  }
  await writer.close();
  await stores.close();
  return cwd;
}

await test('what of the log is asked for changes no word of what is shown', async (t) => {
  const cwd = await chatIn(t);
  const slice = async (out: string, ...args: string[]): Promise<void> => {
    const written = await runCli(['replay', '--slice', '--out', out, ...args], { cwd });
    t.equal(written.code, 0, written.stderr);
  };
  const end = ['--to-position', '12'];
  await slice('whole.ndjson', ...end);
  await slice('late.ndjson', '--from-position', '6', ...end);
  const lines = async (...args: string[]): Promise<readonly string[]> => {
    const { stdout } = await runCli(['replay', '--positions', ...args], { cwd });
    return stdout.split('\n').filter((line) => /^ +\d+ {2}2026/.test(line));
  };
  const whole = await lines(...end);
  t.equal(whole.length, 12);
  t.match(whole.join('\n'), /IITKGP +bob: here\n.*IITKGP +alice left \(to Garden\)/);
  t.match(whole.join('\n'), /Garden +alice left \(did not come back\)/);
  t.match(whole.join('\n'), /IITKGP +bob left \(logged out\)/);
  for (const source of [[], ['whole.ndjson'], ['late.ndjson']])
    for (const args of [
      ['--types', 'MessagePosted'],
      ['--types', 'RoomLeft'],
      ['--room', 'garden'],
      ['--user', 'bob'],
      ['--since', '2026-11-27 06:19:57'],
      ['--from-position', '10', '--to-position', '10'],
      ['--from-position', '11', '--to-position', '11'],
    ]) {
      const shown = await lines(...source, ...args);
      t.ok(shown.length > 0, args.join(' '));
      for (const line of shown)
        if (!/read the log/.test(line)) t.ok(whole.includes(line), `${args.join(' ')}: ${line}`);
    }
});
