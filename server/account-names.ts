import type { EventStore } from '../core/event-store.ts';
import { accountsStream } from '../core/stream.ts';
import { accountFold } from '../core/stream-folds.ts';
import { recordsForwards } from './stream-records.ts';

/**
 * The names of all accounts that were ever made, each once, in no order: those that the log lists, and
 * those of which it was trimmed.
 * @throws {StoreUnreachable}
 */
export async function* accountNames(events: EventStore): AsyncGenerator<string> {
  const { kind } = accountFold;
  for (let partition = 0; partition < events.info.partitions; partition++) {
    const listed = new Set<string>();
    // The log first: what is trimmed meanwhile has been kept before.
    for await (const { event } of recordsForwards(events, { stream: accountsStream, partition })) {
      if (event.type !== 'AccountRegistered' || listed.has(event.data.user)) continue;
      listed.add(event.data.user);
      yield event.data.user;
    }
    for await (const name of events.snapshots.names(partition, kind)) {
      const user = name.slice(kind.length);
      if (!listed.has(user)) yield user;
    }
  }
}
