import { join } from 'node:path';
import type { Test } from 'tap';

import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { beginsAt, joins, says, write, type Written } from '../support/memory-history.ts';

const opens = (user: string, server: string): Written => ({
  stream: `session:${user}`,
  event: { type: 'SessionOpened', data: { user, session: `${user}1`, server, incarnation: 1 } },
});

/** Two people come, talk, and are gone with their server. */
export const story: readonly Written[] = [
  {
    stream: 'server:north',
    event: { type: 'ServerStarted', data: { server: 'north', incarnation: 1 } },
  },
  opens('alice', 'north'),
  joins('alice'),
  opens('bob', 'north'),
  joins('bob'),
  {
    stream: 'following:bob',
    event: { type: 'UserSubscribed', data: { user: 'bob', target: 'alice' } },
  },
  says('alice', 'hello', 60_000),
  says('bob', 'hi', 60_000),
  {
    stream: 'server:north',
    event: { type: 'ServerLost', data: { server: 'north', incarnation: 1 } },
    afterMs: 60_000,
  },
];

/** A folder whose `data` holds the story. */
export async function chatIn(t: Test): Promise<string> {
  const folder = t.testdir({});
  const clock = { now: beginsAt };
  const dir = join(folder, 'data');
  const stores = await openLmdb({ dir, now: () => clock.now });
  await write(stores.events, story, clock);
  await stores.close();
  return folder;
}
