import type { EventStore } from '../core/event-store.ts';
import type { LogSource } from '../core/log-source.ts';
import { lastCheckpoint } from './sealer.ts';

/** What of a partition may go: all records before `before`. The same as `first` when nothing may. */
export interface TrimTarget {
  readonly partition: number;
  readonly first: number;
  readonly before: number;
  readonly epoch: string;
}

export interface WantedTrim {
  /** Milliseconds since 1970. */
  readonly olderThan: number;
  /** Whether the log is to be sealed, even if nothing of it is yet; what has a checkpoint is. */
  readonly isSealed?: boolean;
}

/**
 * What is older than it may be: all records before the first that is not. Where the log is sealed,
 * nothing that the last checkpoint of the epoch in force does not cover.
 * @throws {StoreUnreachable}
 */
export async function trimTarget(
  events: EventStore,
  partition: number,
  { olderThan, isSealed = false }: WantedTrim,
): Promise<TrimTarget> {
  const { first, position, epoch } = await events.head(partition);
  const before = await firstSince(events, partition, olderThan, { first, position });
  const { checkpoint } = await lastCheckpoint(events, partition);
  const sealed = checkpoint?.data.epoch === epoch ? checkpoint.data.size : 0;
  const limit = isSealed || checkpoint !== undefined ? sealed + 1 : Infinity;
  return { partition, first, before: Math.max(first, Math.min(before, limit)), epoch };
}

/** Times never fall along a partition, so a few records tell it; the last one always stays. */
async function firstSince(
  log: LogSource,
  partition: number,
  at: number,
  { first, position }: { readonly first: number; readonly position: number },
): Promise<number> {
  // Before `since` all are older, and none from `until` on.
  let [since, until] = [first, position];
  while (since < until) {
    const middle = Math.floor((since + until) / 2);
    const [record] = await log.readStored(partition, middle, 1);
    if (record !== undefined && record.at >= at && record.position === middle) until = middle;
    else since = middle + 1;
  }
  return since;
}
