import {
  type Cursor,
  type Rollback,
  StoreUnreachable,
  StoreUnusable,
} from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import { recordOf } from './entry.ts';
import { rebuildHeads } from './heads.ts';
import { partitionKeys, type PartitionKeys } from './keys.ts';
import { readEntry } from './log-reader.ts';
import { inspectLog, type LogState } from './log-state.ts';
import type { Replication } from './replication.ts';
import { createLog, firstDifference, startEpoch } from './rollback.ts';
import { type Place, Trail } from './trail.ts';

/** Each repair is followed by another look; they end unless somebody undoes them. */
const looksMax = 10;

/**
 * What this process knows of one partition's log, and the check of it against the log itself: on
 * every new connection, and whenever a script answers that something is not as it should be.
 */
export class KnownLog {
  readonly keys: PartitionKeys;
  /** What a record of it waits for before it is acknowledged; undefined when for nothing more. */
  readonly replication: Replication | undefined;
  readonly #partitions: number;
  readonly #trail = new Trail();
  readonly #listeners = new Set<(rollback: Rollback) => void>();
  #epoch: string | undefined;
  /** The position of the first record that was not trimmed, by the last check. */
  #first = 1;
  #generation = 0;
  #checking: Promise<void> = Promise.resolve();

  /** @param partitions how many the log has, of which this is one */
  constructor(partition: number, partitions: number, replication?: Replication) {
    this.keys = partitionKeys(partition);
    this.#partitions = partitions;
    this.replication = replication;
  }

  get partition(): number {
    return this.keys.partition;
  }

  /** The epoch of the last check; empty before the first. */
  get epoch(): string {
    return this.#epoch ?? '';
  }

  /** The position of the furthest record seen. */
  get position(): number {
    return this.#trail.last?.position ?? 0;
  }

  /** Rises with each rollback: what was asked before one and is answered after it is void. */
  get generation(): number {
    return this.#generation;
  }

  /** Remembers a record that was seen in the log of this generation. */
  note(position: number, id: string): void {
    this.#trail.note(position, id);
  }

  /** `listener` is told of each rollback, after it is told in the log; ends with the result's call. */
  onRollback(listener: (rollback: Rollback) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Makes sure that the log exists and its heads are whole, and finds out whether it still holds
   * what was seen. If not, that is told in the log, unless somebody did already, and to listeners.
   */
  async check(connection: Connection): Promise<void> {
    const checked = this.#checking.then(() => this.#check(connection));
    this.#checking = checked.catch(() => undefined);
    return checked;
  }

  /**
   * A rollback, from the point of view of somebody with this cursor; undefined when its record is
   * where it was.
   *
   * @throws {StoreUnusable} when what follows the cursor was trimmed
   */
  async rollbackOf(connection: Connection, cursor: Cursor): Promise<Rollback | undefined> {
    const { partition, position, id } = cursor;
    if (position + 1 < this.#first)
      throw new StoreUnusable(
        `The log of partition ${partition} begins at position ${this.#first} only.`,
      );
    if (position === 0) return undefined;
    const entry = await readEntry(connection, this.keys, position);
    const isSame = entry && (id === undefined || recordOf(partition, entry).id === id);
    if (isSame) return undefined;
    if (position < this.#first) return undefined;
    // Nothing but this one record is known of that log, and this one does not hold it.
    return { partition, epoch: this.epoch, previous: this.epoch, from: 1 };
  }

  async #check(connection: Connection): Promise<void> {
    for (let look = 0; look < looksMax; look++) {
      const known = this.#trail.last;
      const state = await inspectLog(connection, this.keys, known?.position ?? 0);
      if (state.last === 0) await this.#create(connection);
      else if (!state.areHeadsWhole) await rebuildHeads(connection, this.keys);
      else if (known === undefined || state.idAtKnown === known.id || isTrimmed(known, state)) {
        this.#epoch = state.epoch;
        this.#first = state.first;
        return;
      } else if (await this.#isRolledBack(connection, state)) return;
    }
    throw new StoreUnreachable('The log changes while it is checked.');
  }

  #create(connection: Connection): Promise<void> {
    const known = { previous: this.#epoch, partitions: this.#partitions };
    return createLog(connection, this.keys, known);
  }

  /** False when the log does not say so yet: then it is made to, and is to be looked at again. */
  async #isRolledBack(connection: Connection, state: LogState): Promise<boolean> {
    const { first, last, epoch, epochStarted } = state;
    // Of what was trimmed nothing can be said, and nobody is shown it any more.
    const places = this.#trail.places().filter(({ position }) => position >= first);
    const from = Math.max(first, await firstDifference(connection, this.keys, places, last));
    if (epochStarted.position < from) {
      await startEpoch(connection, this.keys, { previous: epoch, from });
      return false;
    }
    const previous = epochStarted.previous ?? this.epoch;
    this.#trail.cut(from);
    this.#epoch = epoch;
    this.#first = first;
    this.#generation += 1;
    for (const listener of this.#listeners) {
      listener({ partition: this.partition, epoch, previous, from });
    }
    return true;
  }
}

/** Whether a record that was seen is gone because the log was trimmed. */
const isTrimmed = ({ position }: Place, { first, last }: LogState): boolean =>
  position < first && position <= last;
