/**
 * A state as it was at a place of the log, kept beside it: from there on a fold can go on without
 * the records before.
 */
export interface Snapshot {
  /** The stream whose state it is; or `chatSnapshot`. */
  readonly name: string;
  /** The stream's revision there; 0 where the state is of no stream. */
  readonly revision: number;
  /** The position of the last record that it rests on. */
  readonly position: number;
  /** The version of the fold that made it: another one cannot go on with it. */
  readonly fold: number;
  /** What JSON can say. */
  readonly state: unknown;
}

/** The name of the snapshot of all that a chat server folds of a partition. */
export const chatSnapshot = 'chat';

/**
 * Where snapshots are kept, by partition and name.
 *
 * 1. `keep` puts all of what it is given, or nothing: those who look see the one or the other. A
 *    snapshot takes the place of an earlier one of its name.
 * 2. It answers false, and keeps nothing, when the partition's epoch is no longer the one named, or
 *    when snapshots were kept up to the same position or beyond.
 * 3. What is kept is durable as far as the store is before that is answered, and never less so than
 *    a `trim` that rests on it.
 * 4. A snapshot is there until another takes its place, or the log is made anew.
 * 5. Every call rejects with `StoreUnreachable` when the store cannot answer.
 */
export interface SnapshotStore {
  /** Those of the names that there are, by name. */
  get(partition: number, names: readonly string[]): Promise<ReadonlyMap<string, Snapshot>>;
  /** Up to which position snapshots were kept; 0 when none were. */
  keptThrough(partition: number): Promise<number>;
  keep(
    partition: number,
    run: { readonly epoch: string; readonly through: number },
    snapshots: readonly Snapshot[],
  ): Promise<boolean>;
  /** The names that begin so, in no order; those that are kept meanwhile may be missing. */
  names(partition: number, prefix: string): AsyncIterable<string>;
}
