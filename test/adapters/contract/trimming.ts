import type { Recorded } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import type { TrimOutcome } from '../../../core/trimming.ts';
import { commitTo, directMessagePosted, messagePosted, serverLost } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from './collector.ts';
import {
  appended,
  type ContractTests,
  idsOf,
  type TestLogs,
  textOf,
  times,
} from './log-under-test.ts';

const said = 30;

/** Trims after snapshots were kept, as they must be. */
async function trimmed(
  { events }: Stores,
  partition: number,
  before: number,
): Promise<TrimOutcome> {
  const { epoch } = await events.head(partition);
  await events.snapshots.keep(partition, { epoch, through: before - 1 }, []);
  return events.trim(partition, before, epoch);
}

/** A log of which the last partition holds 30 messages, to two rooms by turns, from position 2 on. */
async function talked(stores: Stores, logs: TestLogs, server = 'a'): Promise<readonly Recorded[]> {
  const [one = '', other = ''] = logs.streams('room', 2);
  const writer = stores.events.writer(server, 1);
  for (let number = 2; number < said + 2; number++)
    appended(
      await writer.append(commitTo(number % 2 === 0 ? one : other, messagePosted(String(number)))),
    );
  await writer.close();
  return stores.events.readAll(logs.partitions - 1, 1, 100);
}

/** The sentences of `TrimmableLog`. */
export const trimmingTests: ContractTests = {
  'what is trimmed is gone from the log and from its streams, and the rest is as it was': async (
    t,
    logs,
  ) => {
    const log = await logs.make(t);
    const first = await log.open();
    const before = await talked(first, logs);
    const partition = logs.partitions - 1;
    const [one = '', other = ''] = logs.streams('room', 2);
    t.equal((await first.events.head(partition)).first, 1);
    t.strictSame(await trimmed(first, partition, 21), { status: 'trimmed', first: 21 });
    for (const open of [async () => first, () => log.reopen()]) {
      const { events } = await open();
      t.match(await events.head(partition), { position: said + 1, first: 21 });
      const left = before.slice(20);
      t.strictSame(await events.readAll(partition, 1, 100), left);
      t.strictSame(await events.readAll(partition, 20, 3), left.slice(0, 3));
      t.strictSame(await events.readAll(partition, 22, 3), left.slice(1, 4));
      t.same(
        (await events.readStored(partition, 1, 2)).map(({ position }) => position),
        [21, 22],
      );
      const of = (stream: string) => left.filter((record) => record.stream === stream);
      for (const stream of [one, other]) {
        t.strictSame(await events.readStream({ stream, limit: 100 }), of(stream));
        t.strictSame(
          await events.readStream({ stream, from: 3, limit: 1 }),
          of(stream).slice(0, 1),
        );
        const backwards = { stream, direction: 'backwards' } as const;
        t.strictSame(
          await events.readStream({ ...backwards, limit: 100 }),
          of(stream).toReversed(),
        );
        t.same(await events.readStream({ ...backwards, from: 4, limit: 100 }), []);
      }
    }
  },

  'a log that was trimmed goes on without a hole, and its streams do': async (t, logs) => {
    const log = await logs.make(t);
    const stores = await log.open();
    await talked(stores, logs);
    const partition = logs.partitions - 1;
    const [one = '', other = '', third = ''] = logs.streams('room', 3);
    await trimmed(stores, partition, said + 1);
    const { events } = await log.reopen();
    const writer = events.writer('b', 1);
    // All that the first one held is gone.
    t.same(await events.readStream({ stream: one, limit: 9 }), []);
    const expecting = (stream: string, expected: number) =>
      writer.append({ parts: [{ stream, expected, events: [messagePosted('next')] }] });
    t.match(await expecting(one, 0), { status: 'conflict', stream: one, revision: 15 });
    t.match(await expecting(one, 15), { status: 'appended', position: 32, revisions: [16] });
    t.match(await expecting(other, 15), { status: 'appended', position: 33, revisions: [16] });
    t.match(await expecting(third, 0), { status: 'appended', position: 34, revisions: [1] });
    t.same(
      (await events.readStream({ stream: one, limit: 9 })).map(({ revision }) => revision),
      [16],
    );
    t.same(
      (await events.readStream({ stream: other, direction: 'backwards', limit: 9 })).map(
        ({ revision }) => revision,
      ),
      [16, 15],
    );
  },

  'a linked record that is trimmed is gone from both its streams': async (t, logs) => {
    const { events, ...stores } = await logs.open(t);
    const partition = logs.partitions - 1;
    const stream = logs.stream('direct');
    const writer = events.writer('a', 1);
    for (const text of ['1', '2', '3'])
      appended(await writer.append(commitTo(stream, directMessagePosted('alice', 'bob', text))));
    await trimmed({ events, ...stores }, partition, 3);
    const inbox = { stream: 'inbox:bob', partition, limit: 9 };
    t.same((await events.readStream(inbox)).map(textOf), ['2', '3']);
    t.same((await events.readStream({ stream, limit: 9 })).map(textOf), ['2', '3']);
    t.match(await writer.append(commitTo(stream, directMessagePosted('carol', 'bob', '4'))), {
      revisions: [4],
    });
    t.same(
      (await events.readStream(inbox)).map(({ link }) => link?.revision),
      [2, 3, 4],
    );
  },

  'the last record is never trimmed, and nothing twice': async (t, logs) => {
    const stores = await logs.open(t);
    const before = await talked(stores, logs);
    const partition = logs.partitions - 1;
    t.strictSame(await trimmed(stores, partition, 99), { status: 'trimmed', first: said + 1 });
    t.strictSame(await trimmed(stores, partition, 10), { status: 'trimmed', first: said + 1 });
    t.strictSame(await stores.events.readAll(partition, 1, 9), before.slice(-1));
  },

  'nothing is trimmed that no snapshots cover, or of another epoch': async (t, logs) => {
    const stores = await logs.open(t);
    const { events } = stores;
    const before = await talked(stores, logs);
    const partition = logs.partitions - 1;
    const { epoch } = await events.head(partition);
    t.same(await events.trim(partition, 11, epoch), { status: 'uncovered' });
    await events.snapshots.keep(partition, { epoch, through: 9 }, []);
    t.same(await events.trim(partition, 11, epoch), { status: 'uncovered' });
    await events.snapshots.keep(partition, { epoch, through: 10 }, []);
    t.same(await events.trim(partition, 11, 'another'), { status: 'uncovered' });
    t.strictSame(await events.readAll(partition, 1, 100), before);
    t.same(await events.trim(partition, 11, epoch), { status: 'trimmed', first: 11 });
  },

  'nothing is trimmed that a subscriber has not been given': async (t, logs) => {
    const stores = await logs.open(t);
    const before = await talked(stores, logs);
    const partition = logs.partitions - 1;
    const collector = new Collector(startOf(logs.all));
    let goOn: (() => void) | undefined;
    collector.pause = () => new Promise((resolve) => (goOn = resolve));
    const subscription = stores.events.subscribe('slow:1', startOf(logs.all), collector);
    await until(() => collector.size > 0, { what: 'a first batch', withinMs: 10_000 });
    collector.pause = undefined;
    goOn?.();
    await until(() => collector.size >= said + logs.partitions, {
      what: 'the whole log',
      withinMs: 10_000,
    });
    t.same(await trimmed(stores, partition, 11), { status: 'trimmed', first: 11 });
    await subscription.close();
    const behind = new Collector(startOf([partition]), before.slice(0, 11));
    behind.pause = () => new Promise(() => {});
    const held = stores.events.subscribe('behind:1', behind.cursors(), behind);
    // On Redis it holds it up from when it has a group: once it is given something.
    await until(() => behind.size > 11, { what: 'what follows', withinMs: 10_000 });
    await held.close();
    t.same(behind.faults, []);
    t.same(idsOf(behind.records()), idsOf(before).slice(0, behind.size));
    t.same(await trimmed(stores, partition, 21), { status: 'trimmed', first: 21 });
  },

  'a subscriber goes on at the first record, and cannot begin before it': async (t, logs) => {
    const stores = await logs.open(t);
    const before = await talked(stores, logs);
    const partition = logs.partitions - 1;
    await trimmed(stores, partition, 21);
    const going = new Collector(startOf([partition]), before.slice(0, 20));
    stores.events.subscribe('on:1', going.cursors(), going);
    await until(() => going.size === said + 1, { what: 'what follows', withinMs: 10_000 });
    t.strictSame(going.records(), before);
    t.same(going.faults, []);
    for (const held of [0, 10, 19]) {
      const late = new Collector(startOf([partition]), before.slice(0, held));
      stores.events.subscribe('late:1', late.cursors(), late);
      await until(() => late.faults.length > 0, { what: 'a refusal', withinMs: 10_000 });
      t.match(late.faults, [/^failed: .*begins at position 21/]);
      t.equal(late.size, held);
    }
  },

  'what a client asked once is answered as before, and an ended server is fenced': async (
    t,
    logs,
  ) => {
    const log = await logs.make(t);
    const stores = await log.open();
    const stream = logs.stream('room');
    const partition = logs.partitions - 1;
    const once = { session: 's1', sequence: 1 };
    const message = messagePosted('once');
    const writer = stores.events.writer('a', 1);
    const first = appended(await writer.append({ ...commitTo(stream, message), once }));
    const ends = { server: 'a', incarnation: 1 };
    const tool = stores.events.writer('b', 0);
    const ending = commitTo('server:a', serverLost('a', 1));
    appended(await tool.append({ ...ending, partition, ends }));
    await talked(stores, logs, 'c');
    t.match(await trimmed(stores, partition, 21), { first: 21 });
    for (const open of [async () => stores, () => log.reopen()]) {
      const { events } = await open();
      const again = events.writer('c', 2);
      t.strictSame(await again.append({ ...commitTo(stream, message), once }), {
        status: 'repeated',
        first,
      });
      t.same(await events.writer('a', 1).append(commitTo(stream, messagePosted('late'))), {
        status: 'fenced',
      });
    }
  },

  'a long log is trimmed whole': async (t, logs) => {
    const stores = await logs.open(t);
    const stream = logs.stream('room');
    const writer = stores.events.writer('a', 1);
    const appends = times(40, () =>
      writer.append(commitTo(stream, ...times(100, (number) => messagePosted(String(number))))),
    );
    for (const outcome of await Promise.all(appends)) appended(outcome);
    const partition = logs.partitions - 1;
    t.same(await trimmed(stores, partition, 3_502), { status: 'trimmed', first: 3_502 });
    const left = await stores.events.readAll(partition, 1, 10_000);
    t.same([left.length, left[0]?.position, left[0]?.revision], [500, 3_502, 3_501]);
    const read = await stores.events.readStream({ stream, limit: 10_000 });
    t.same(idsOf(read), idsOf(left));
  },
};
