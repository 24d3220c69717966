import { test } from 'tap';

import { openMemory } from '../../../adapters/memory/event-store.ts';
import { type Recorded, type Rollback, StoreUnusable } from '../../../core/event-store.ts';
import { commitTo, messagePosted, newEvent } from '../../support/events.ts';
import { Collector, startOf } from '../contract/collector.ts';

const hourMs = 3_600_000;

/** A clock that stands where it is put. */
const clockAt = (time: number) => {
  const clock = { time, now: () => clock.time };
  return clock;
};

await test('the time of a record is the given clock, but never runs backwards', async (t) => {
  const clock = clockAt(5_000);
  const { events } = openMemory({ now: clock.now });
  const writer = events.writer('a', 1);
  for (const time of [6_000, 4_000, 7_000]) {
    clock.time = time;
    await writer.append(commitTo('room:lobby', messagePosted('x')));
  }
  const records = await events.readAll(0, 1, 9);
  t.same(
    records.map(({ at }) => at),
    [5_000, 6_000, 6_000, 7_000],
  );
});

await test('a numbered commit is remembered for an hour', async (t) => {
  const clock = clockAt(0);
  const { events } = openMemory({ now: clock.now });
  const writer = events.writer('a', 1);
  const say = async () =>
    writer.append({
      ...commitTo('room:lobby', messagePosted('x')),
      once: { session: 's1', sequence: 1 },
    });
  t.match(await say(), { status: 'appended' });
  clock.time = hourMs;
  t.match(await say(), { status: 'repeated' });
  clock.time = hourMs + 1;
  t.match(await say(), { status: 'appended' });
});

await test('the same ids and the same clock make the same log', async (t) => {
  const logs = [1, 2].map(async () => {
    let made = 0;
    const { events } = openMemory({ partitions: 3, now: () => 0, newId: () => `id ${++made}` });
    return [await events.readAll(0, 1, 9), await events.readAll(2, 1, 9)];
  });
  const [one, other] = await Promise.all(logs);
  t.strictSame(one, other);
});

await test('a subscriber is told after the append was carried out, not within it', async (t) => {
  const { events } = openMemory();
  const collector = new Collector(startOf([0]));
  events.subscribe('g:1', startOf([0]), collector);
  t.equal(collector.size, 0);
  const appended = events.writer('a', 1).append(commitTo('room:lobby', messagePosted('x')));
  t.equal(collector.size, 0);
  await appended;
  t.equal(collector.size, 2);
});

await test('a cursor of another log ends a subscription with an error', async (t) => {
  const { events } = openMemory();
  for (const cursor of [
    { partition: 0, position: 1, id: 'another' },
    { partition: 0, position: 9 },
  ]) {
    const collector = new Collector([cursor]);
    const failure = new Promise<Error>((resolve) => {
      collector.onFailure = resolve;
    });
    events.subscribe('g:1', [cursor], collector);
    t.type(await failure, StoreUnusable);
    t.same([collector.size, collector.faults], [0, []]);
  }
});

await test('a log that is set back tells so, and whoever held what it lost', async (t) => {
  const { events, log } = openMemory();
  const writer = events.writer('a', 1);
  const say = (text: string) => writer.append(commitTo('room:lobby', messagePosted(text)));
  for (const text of ['one', 'two', 'three']) await say(text);
  const { epoch: previous } = await events.head(0);
  const given: Recorded[] = [];
  events.subscribe('behind', [{ partition: 0, position: 2 }], {
    onBatch: (batch) => void given.push(...batch),
    onRollback: () => void t.fail('it holds nothing that was lost'),
    onFailure: (error) => void t.fail(error.message),
  });
  const told = new Promise<Rollback>((resolve, reject) => {
    events.subscribe('ahead', [{ partition: 0, position: 4 }], {
      onBatch: () => void t.fail('what replaces the lost records does not follow them'),
      onRollback: resolve,
      onFailure: reject,
    });
  });
  log.setBack(0, 3);
  await say('four');
  const records = await events.readAll(0, 1, 9);
  const { epoch } = await events.head(0);
  t.match(
    records.map(({ event, revision }) => [event.type, revision]),
    [
      ['EpochStarted', 1],
      ['MessagePosted', 1],
      ['EpochStarted', 2],
      ['MessagePosted', 2],
    ],
  );
  t.match(records[2]?.event.data, { previous, epoch, from: 3 });
  t.same(await told, { partition: 0, previous, epoch, from: 3 });
  t.same(given, records.slice(2));
});

await test('a log that is set back still knows what is left of it: an end, the epoch before', async (t) => {
  const { events, log } = openMemory();
  const writer = events.writer('a', 1);
  const say = (text: string) => writer.append(commitTo('room:lobby', messagePosted(text)));
  await say('one');
  const ended = { server: 'a', incarnation: 1 };
  const end = commitTo('server:a', newEvent({ type: 'ServerLost', data: ended }));
  await events.writer('b', 1).append({ ...end, ends: ended });
  const { epoch: previous } = await events.head(0);
  for (let times = 0; times < 2; times++) {
    log.setBack(0, 4);
    t.same(await say('two'), { status: 'fenced' });
    const [, , , epoch] = await events.readAll(0, 1, 9);
    t.match(epoch?.event.data, { previous, from: 4 });
  }
});
