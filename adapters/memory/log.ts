import { randomUUID } from 'node:crypto';

import type { Rollback } from '../../core/event-store.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import { MemoryCredentials } from './credentials.ts';
import { MemoryKeys } from './kept-keys.ts';
import { MemoryLeases } from './leases.ts';
import { MemoryPartition } from './partition.ts';

export interface MemoryLogOptions {
  /** 1 unless given. */
  readonly partitions?: number;
  /** Milliseconds since 1970; the system's clock unless given. */
  readonly now?: () => number;
  /** Epochs and the ids of their records; random unless given. */
  readonly newId?: () => string;
}

/** What all stores opened on one log share. It lasts as long as somebody refers to it. */
export class MemoryLog {
  readonly partitions: readonly MemoryPartition[];
  readonly credentials = new MemoryCredentials();
  readonly keys = new MemoryKeys();
  readonly leases: MemoryLeases;
  readonly #listeners = new Set<() => void>();
  readonly #rollbackListeners = new Set<(rollback: Rollback) => void>();
  /** How far each subscriber has come, by partition. */
  readonly #subscribers = new Set<ReadonlyMap<number, number>>();
  #writers = 0;

  constructor({ partitions = 1, now = Date.now, newId = randomUUID }: MemoryLogOptions = {}) {
    const leases = new MemoryLeases(now);
    const isLeased = (server: string): boolean => leases.isHeld(server);
    const surroundings = { now, newId, isLeased, partitions };
    this.leases = leases;
    this.partitions = Array.from(
      { length: partitions },
      (_, number) => new MemoryPartition(number, surroundings),
    );
  }

  /** @throws {RangeError} for a partition that the log does not have */
  partition(number: number): MemoryPartition {
    const partition = this.partitions[number];
    if (partition === undefined) throw new RangeError(`the log has no partition ${number}`);
    return partition;
  }

  /** Loses the records of a partition from a position on: what replaces them is another epoch. */
  setBack(partition: number, from: number): void {
    const rollback = this.partition(partition).setBack(from);
    for (const listener of this.#rollbackListeners) listener(rollback);
    this.tellAppended();
  }

  newToken(): string {
    this.#writers += 1;
    return `writer ${this.#writers}`;
  }

  /** `listener` is called after each append, before its answer. Ends with the answer's call. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `listener` is called after each `setBack`. Ends with the answer's call. */
  onRollback(listener: (rollback: Rollback) => void): () => void {
    this.#rollbackListeners.add(listener);
    return () => this.#rollbackListeners.delete(listener);
  }

  /** Nothing is trimmed that `positions` have not come to. Ends with the answer's call. */
  holdFor(positions: ReadonlyMap<number, number>): () => void {
    this.#subscribers.add(positions);
    return () => this.#subscribers.delete(positions);
  }

  trim(partition: number, before: number, epoch: string): TrimOutcome {
    const reached = [...this.#subscribers].map((positions) => positions.get(partition) ?? Infinity);
    return this.partition(partition).trim(before, epoch, Math.min(...reached));
  }

  tellAppended(): void {
    for (const listener of this.#listeners) listener();
  }
}
