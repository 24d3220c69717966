import type { Stores } from '../../../core/stores.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { areLetGo } from '../../support/garbage.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from './collector.ts';
import { appended, type ContractTests, type TestLogs, times } from './log-under-test.ts';

/** What `close` of a writer, of a subscription and of a store promise. */
export const closingTests: ContractTests = {
  'what was closed is let go of, though the store stays open': async (t, logs) => {
    const stores = await logs.open(t);
    const writers = await Promise.all(times(10, () => closedWriter(stores, logs)));
    await areLetGo(writers, 'the writers');
    const subscribers = await Promise.all(times(10, () => closedSubscriber(stores, logs)));
    await areLetGo(subscribers, 'the subscribers');
    t.match(await stores.events.head(logs.partitions - 1), { position: 11 });
  },

  'what was closed can be closed again, alone and with the store': async (t, logs) => {
    const stores = await logs.open(t);
    const writer = stores.events.writer('a', 1);
    const subscription = stores.events.subscribe('g:1', startOf([0]), new Collector(startOf([0])));
    for (const opened of [writer, subscription]) {
      await opened.close();
      await t.resolves(opened.close());
    }
    await t.resolves(stores.close());
    const outcome = await writer.append(commitTo(logs.stream('room'), messagePosted('late')));
    t.strictSame(outcome, { status: 'unavailable', reason: 'closed' });
  },
};

/** A writer that has written and was closed. */
async function closedWriter({ events }: Stores, logs: TestLogs): Promise<WeakRef<object>> {
  const writer = events.writer('tool', 0);
  appended(await writer.append(commitTo(logs.stream('room'), messagePosted('hello'))));
  await writer.close();
  return new WeakRef(writer);
}

/** The subscriber of a subscription that has given something and was closed. */
async function closedSubscriber({ events }: Stores, logs: TestLogs): Promise<WeakRef<object>> {
  const start = startOf(logs.all);
  const collector = new Collector(start);
  const subscription = events.subscribe('g:1', start, collector);
  await until(() => collector.size > 0, { what: 'a record', withinMs: 10_000 });
  await subscription.close();
  return new WeakRef(collector);
}
