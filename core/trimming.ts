import type { SnapshotStore } from './snapshot-store.ts';

/**
 * What is before a position goes out of the partition's log, at once or when all have read it: from
 * here on none of it waits for a login any more.
 */
export interface LogTrimmed {
  readonly type: 'LogTrimmed';
  readonly data: {
    readonly before: number;
    /** Whether it was written to an archive first. */
    readonly archived: boolean;
  };
}

/** What became of a `trim`. */
export type TrimOutcome =
  /** The log begins at `first` now: where it was to, or further on. */
  | { readonly status: 'trimmed'; readonly first: number }
  /** A subscriber has not come so far; `by` names its group. */
  | { readonly status: 'held'; readonly by: string }
  /** The epoch is another one, or no snapshots were kept up to there. */
  | { readonly status: 'uncovered' };

/**
 * A log that can lose its head on purpose, each partition for itself.
 *
 * 1. `trim` takes the records before a position out of the log and out of every stream, oldest
 *    first; never the last record of the log, whatever the position.
 * 2. It takes none unless snapshots were kept (`snapshots.keep`) up to the position before, in the
 *    epoch named; and none that a subscriber has not been given, of whom the store knows: on Redis
 *    all, on an embedded store those of the process that owns it. Groups of servers that have ended
 *    hold nothing up.
 * 3. What is left is as it was: positions and revisions go on without a hole, and conflicts, `once`
 *    and fences are decided as if nothing had been taken.
 * 4. `readAll`, `readStored` and `readStream` forwards begin at the first record there is, when they
 *    were to begin before it; `readStream` backwards ends there. `LogHead.first` tells where it is.
 * 5. A subscriber that asks for what was taken fails with `StoreUnusable`: it has to begin with the
 *    snapshots.
 * 6. When it is broken off, it has taken some of the records, oldest first, and the log is whole.
 */
export interface TrimmableLog {
  readonly snapshots: SnapshotStore;
  trim(partition: number, before: number, epoch: string): Promise<TrimOutcome>;
}
