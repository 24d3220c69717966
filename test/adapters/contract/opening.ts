import { StoreUnreachable } from '../../../core/event-store.ts';
import { epochStream } from '../../../core/stream.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { appended, idsOf, times, type ContractTests } from './log-under-test.ts';

/** Sentences 10 (durability), 11 and 12 of `EventStore`. */
export const openingTests: ContractTests = {
  'a new log begins with an EpochStarted in each partition': async (t, logs) => {
    const { events } = await logs.open(t);
    for (const partition of logs.all) {
      const { position, epoch } = await events.head(partition);
      const [first, ...others] = await events.readAll(partition, 1, 10);
      t.match(first, { partition, position: 1, stream: epochStream, revision: 1 });
      const { partitions } = logs;
      t.strictSame(first?.event, { type: 'EpochStarted', data: { epoch, from: 1, partitions } });
      t.same([position, others], [1, []]);
      t.strictSame(await events.readStream({ stream: epochStream, partition, limit: 9 }), [first]);
    }
  },

  'a log says its format and its partitions': async (t, logs) => {
    const { events } = await logs.open(t);
    t.strictSame(events.info, { format: 1, partitions: logs.partitions });
  },

  'a log that exists is opened as it is': async (t, logs) => {
    const log = await logs.make(t);
    const first = await log.open();
    const stream = logs.stream('room');
    const writer = first.events.writer('a', 1);
    appended(await writer.append(commitTo(stream, messagePosted('one'), messagePosted('two'))));
    const before = await log.records(first);
    const again = await log.reopen();
    t.strictSame(await log.records(again), before);
    t.strictSame(again.events.info, first.events.info);
  },

  'a log opened by several at the same moment is made once': async (t, logs) => {
    const log = await logs.make(t);
    const [first, ...others] = await Promise.all(times(4, () => log.open()));
    if (first === undefined) throw new Error('nothing was opened');
    const records = await log.records(first);
    t.equal(records.length, logs.partitions);
    for (const stores of others) t.same(idsOf(await log.records(stores)), idsOf(records));
  },

  'a closed store refuses to be read': async (t, logs) => {
    const stores = await logs.open(t);
    await stores.close();
    const { events } = stores;
    const stream = logs.stream('room');
    await t.rejects(events.readAll(0, 1, 1), StoreUnreachable);
    await t.rejects(events.readStream({ stream, limit: 1 }), StoreUnreachable);
    await t.rejects(events.head(0), StoreUnreachable);
    const outcome = await events.writer('a', 1).append(commitTo(stream, messagePosted('late')));
    t.strictSame(outcome, { status: 'unavailable', reason: 'closed' });
  },

  'a store can be closed twice': async (t, logs) => {
    const stores = await logs.open(t);
    await stores.events.close();
    await stores.close();
    await t.resolves(stores.close());
  },
};
