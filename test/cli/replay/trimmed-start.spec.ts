import { deepStrictEqual, rejects } from 'node:assert/strict';

import { openMemory } from '../../../adapters/memory/event-store.ts';
import { foldTo } from '../../../cli/replay/fold-log.ts';
import { endOf, type Positions } from '../../../cli/replay/log-span.ts';
import { wholeStart } from '../../../cli/replay/log-start.ts';
import { knownPlaceOf, parseMoment } from '../../../cli/replay/moment.ts';
import { startOfLive } from '../../../cli/replay/trimmed-start.ts';
import type { EventStore } from '../../../core/event-store.ts';
import { foldVersion } from '../../../core/stream-folds.ts';
import { keepSnapshots } from '../../../server/snapshot-run.ts';
import { hashedState } from '../../../server/state-hash.ts';
import { rule } from '../../support/given.ts';
import { beginsAt, joins, says, write, type Written } from '../../support/memory-history.ts';

const follows = (user: string, target: string): Written => ({
  stream: `following:${user}`,
  event: { type: 'UserSubscribed', data: { user, target } },
  afterMs: 1_000,
});

const opens = (user: string): Written => ({
  stream: `session:${user}`,
  event: {
    type: 'SessionOpened',
    data: { user, session: `${user}1`, server: 'north', incarnation: 1 },
  },
  afterMs: 1_000,
});

const users = ['alice', 'bob', 'dave', 'eve'];
const story: readonly Written[] = users.flatMap((user, number) => [
  opens(user),
  joins(user, 'lobby', 1_000),
  follows(user, users[(number + 1) % users.length] ?? ''),
  says(user, 'hello', 1_000),
  joins(user, `room-of-${user}`, 1_000),
  follows(user, users[(number + 2) % users.length] ?? ''),
]);

async function told(partitions: number): Promise<EventStore> {
  const clock = { now: beginsAt };
  const { events } = openMemory({ partitions, now: () => clock.now });
  await write(events, story, clock);
  return events;
}

async function trim(events: EventStore, partition: number, gone: number): Promise<void> {
  const { epoch } = await events.head(partition);
  await keepSnapshots(events, partition, gone);
  await events.trim(partition, gone + 1, epoch);
}

const placeAt = async (events: EventStore, typed: string): Promise<Positions> => {
  const moment = parseMoment(typed, 0);
  if (moment === undefined) throw new Error(`"${typed}" is no moment`);
  return knownPlaceOf(events, await startOfLive(events), moment, await endOf(events));
};

rule('a state is the same when it is told from what stands for a trimmed head', async () => {
  for (const partitions of [1, 4]) {
    const events = await told(partitions);
    const end = await endOf(events);
    const whole = hashedState(await foldTo(events, end, wholeStart(events)));
    for (const share of [0.3, 0.6, 0.9]) {
      for (const [partition, last] of end.entries())
        await trim(events, partition, Math.floor(last * share));
      const start = await startOfLive(events);
      const known = start.positions.map((position) => position > 0);
      deepStrictEqual(known.includes(true), true, 'something was trimmed');
      deepStrictEqual(hashedState(await foldTo(events, end, start)), whole);
    }
  }
});

rule('a state from before the head was trimmed is refused in a sentence', async () => {
  const events = await told(1);
  const [end = 0] = await endOf(events);
  const records = await events.readStored(0, 1, 100);
  await trim(events, 0, 10);
  const lacks = { message: /begins at position 11: what was before was trimmed.* --archive/ };
  for (const typed of ['1', '9']) await rejects(placeAt(events, typed), lacks);
  for (let position = 10; position <= end; position++)
    deepStrictEqual(await placeAt(events, String(position)), [position]);
  const timeOf = (position: number): string =>
    new Date(records[position - 1]?.at ?? 0).toISOString();
  for (const position of [1, 9, 10]) await rejects(placeAt(events, timeOf(position)), lacks);
  deepStrictEqual(await placeAt(events, timeOf(11)), [11]);
  await rejects(placeAt(events, new Date(beginsAt - 1).toISOString()), lacks);
});

rule('where snapshots reach further than the trim, so does what is not known', async () => {
  const events = await told(1);
  await trim(events, 0, 5);
  await keepSnapshots(events, 0, 10);
  const start = await startOfLive(events);
  deepStrictEqual([start.gone, start.positions], [[5], [10]]);
  await rejects(placeAt(events, '9'), /what was before was trimmed/);
  deepStrictEqual(await placeAt(events, '10'), [10]);
});

rule('what another version of the folds has kept is not read for a state', async () => {
  const events = await told(1);
  await trim(events, 0, 10);
  const { epoch } = await events.head(0);
  const chat = { name: 'chat', revision: 0, position: 11, fold: foldVersion + 1, state: {} };
  await events.snapshots.keep(0, { epoch, through: 11 }, [chat]);
  await rejects(startOfLive(events), /another version of this program/);
});
