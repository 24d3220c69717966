import { EventEmitter, once } from 'node:events';

import type { Stores } from '../../../core/stores.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from './collector.ts';
import { appended, type ContractTests, idsOf, type TestLogs, times } from './log-under-test.ts';

const deliveredWithinMs = 10_000;

/** Sentence 9 of `EventStore`. */
export const subscribingTests: ContractTests = {
  'a subscriber is given the log from its beginning, and then what comes': async (t, logs) => {
    const log = await logs.make(t);
    const stores = await log.open();
    await say(stores, logs, 20);
    const collector = new Collector(startOf(logs.all));
    const subscription = stores.events.subscribe('g:1', startOf(logs.all), collector);
    await holds(collector, logs.partitions + 20);
    await say(stores, logs, 20);
    await holds(collector, logs.partitions + 40);
    await subscription.close();
    t.strictSame(collector.records(), await log.records(stores));
    t.same(collector.faults, []);
  },

  'a subscriber is given what follows its cursor, and nothing before': async (t, logs) => {
    const log = await logs.make(t);
    const stores = await log.open();
    await say(stores, logs, 64);
    const all = await log.records(stores);
    for (const held of [1, 3, 5]) {
      const heldRecords = all.filter(({ position }) => position <= held);
      const collector = new Collector(startOf(logs.all), heldRecords);
      const subscription = stores.events.subscribe('g:1', collector.cursors(), collector);
      await holds(collector, all.length);
      await subscription.close();
      t.strictSame(collector.records(), all);
      t.same(collector.faults, []);
    }
  },

  'all subscribers see what anybody appended': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    const collectors = times(4, () => new Collector(startOf(logs.all)));
    for (const [index, collector] of collectors.entries()) {
      const { events } = index % 2 === 0 ? one : other;
      events.subscribe(`s${index}:1`, startOf(logs.all), collector);
    }
    await Promise.all([say(one, logs, 50, 'a'), say(other, logs, 50, 'b')]);
    const all = await log.records(one);
    for (const collector of collectors) {
      await holds(collector, all.length);
      t.strictSame(collector.records(), all);
      t.same(collector.faults, []);
    }
  },

  'a subscriber that subscribes anew again and again misses nothing': async (t, logs) => {
    const log = await logs.make(t);
    const [writing, reading] = [await log.open(), await log.open()];
    const total = 600;
    const written = (async () => {
      for (let said = 0; said < total; said += 10) await say(writing, logs, 10);
    })();
    const collector = new Collector(startOf(logs.all));
    for (let reconnects = 0; reconnects < 30; reconnects++) {
      const subscription = reading.events.subscribe('g:1', collector.cursors(), collector);
      const enough = Math.min(collector.size + reconnects, logs.partitions + total);
      await holds(collector, enough);
      await subscription.close();
    }
    await written;
    const subscription = reading.events.subscribe('g:1', collector.cursors(), collector);
    await holds(collector, logs.partitions + total);
    await subscription.close();
    t.strictSame(collector.records(), await log.records(writing));
    t.same(collector.faults, []);
  },

  'a subscriber far behind catches up': async (t, logs) => {
    const log = await logs.make(t);
    const stores = await log.open();
    const many = times(100, (number) => messagePosted(String(number)));
    const writer = stores.events.writer('a', 1);
    const appends = times(30, () => writer.append(commitTo(logs.stream('room'), ...many)));
    for (const outcome of await Promise.all(appends)) appended(outcome);
    const collector = new Collector(startOf(logs.all));
    stores.events.subscribe('g:1', startOf(logs.all), collector);
    await holds(collector, logs.partitions + 3_000);
    t.same(idsOf(collector.records()), idsOf(await log.records(stores)));
    t.same(collector.faults, []);
  },

  'a subscriber that takes its time is given nothing meanwhile, and then all of it': async (
    t,
    logs,
  ) => {
    const log = await logs.make(t);
    const stores = await log.open();
    const collector = new Collector(startOf(logs.all));
    const readiness = new EventEmitter();
    collector.pause = async () => void (await once(readiness, 'ready'));
    stores.events.subscribe('slow:1', startOf(logs.all), collector);
    const other = new Collector(startOf(logs.all));
    stores.events.subscribe('fast:1', startOf(logs.all), other);
    await holds(collector, logs.partitions);
    await say(stores, logs, 40);
    await holds(other, logs.partitions + 40);
    t.equal(collector.size, logs.partitions);
    collector.pause = undefined;
    readiness.emit('ready');
    await holds(collector, logs.partitions + 40);
    t.strictSame(collector.records(), await log.records(stores));
    t.same([collector.faults, other.faults], [[], []]);
  },

  'a subscription reads, also when nothing comes, until it is closed': async (t, logs) => {
    const stores = await logs.open(t);
    const collector = new Collector(startOf(logs.all));
    const subscription = stores.events.subscribe('g:1', startOf(logs.all), collector);
    await holds(collector, logs.partitions);
    t.equal(subscription.isReading, true);
    await subscription.close();
    t.equal(subscription.isReading, false);
  },

  'nothing is given after a subscription was closed': async (t, logs) => {
    const stores = await logs.open(t);
    const closed = new Collector(startOf(logs.all));
    const subscription = stores.events.subscribe('a:1', startOf(logs.all), closed);
    await holds(closed, logs.partitions);
    await subscription.close();
    const other = new Collector(startOf(logs.all));
    stores.events.subscribe('b:1', startOf(logs.all), other);
    await say(stores, logs, 10);
    await holds(other, logs.partitions + 10);
    t.equal(closed.size, logs.partitions);
    await subscription.close();
  },

  'a subscriber can append and close while it is given something': async (t, logs) => {
    const stores = await logs.open(t);
    const writer = stores.events.writer('a', 1);
    const appends: Promise<unknown>[] = [];
    const collector = new Collector(startOf(logs.all));
    collector.onEach = (record) => {
      const answer = commitTo(logs.stream('room'), messagePosted(`after ${record.id}`));
      if (collector.size <= 10) appends.push(writer.append(answer));
      else void subscription.close();
    };
    const subscription = stores.events.subscribe('g:1', startOf(logs.all), collector);
    await holds(collector, 11);
    await Promise.all(appends);
    t.same(collector.faults, []);
  },
};

/** Appends so many messages, to rooms of all partitions in turn. */
async function say(stores: Stores, logs: TestLogs, howMany: number, server = 'a'): Promise<void> {
  const writer = stores.events.writer(server, 1);
  const appends = times(howMany, (number) => {
    const room = logs.stream('room', number % logs.partitions);
    return writer.append(commitTo(room, messagePosted(String(number))));
  });
  for (const outcome of await Promise.all(appends)) appended(outcome);
  await writer.close();
}

async function holds(collector: Collector, howMany: number): Promise<void> {
  await until(() => collector.size >= howMany, {
    what: `${howMany} records at a subscriber`,
    withinMs: deliveredWithinMs,
  });
}
