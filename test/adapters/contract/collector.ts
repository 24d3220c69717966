import type { Cursor, Recorded, Rollback, Subscriber } from '../../../core/event-store.ts';

/** The cursors of somebody who holds nothing yet. */
export const startOf = (partitions: readonly number[]): readonly Cursor[] =>
  partitions.map((partition) => ({ partition, position: 0 }));

/** A subscriber that keeps all that it is given, and notes whatever is not as promised. */
export class Collector implements Subscriber {
  /** What broke the contract: empty in the end. */
  readonly faults: string[] = [];
  /** Called for each record, once it is kept. */
  onEach: ((record: Recorded) => void) | undefined;
  /** Makes the promise that lets the next batch wait, if there is to be one. */
  pause: (() => Promise<void>) | undefined;
  readonly #held: Map<number, Recorded[]>;

  /** `held` are records that it has from before. */
  constructor(start: readonly Cursor[], held: readonly Recorded[] = []) {
    this.#held = new Map(start.map(({ partition }) => [partition, []]));
    for (const record of held) this.#held.get(record.partition)?.push(record);
  }

  get size(): number {
    return [...this.#held.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Partition by partition, in the order in which they came. */
  records(): readonly Recorded[] {
    return [...this.#held.values()].flat();
  }

  cursors(): readonly Cursor[] {
    return [...this.#held].map(([partition, held]) => {
      const last = held.at(-1);
      return last
        ? { partition, position: last.position, id: last.id }
        : { partition, position: 0 };
    });
  }

  onBatch(batch: readonly Recorded[]): void | Promise<void> {
    const [first] = batch;
    if (first === undefined) this.faults.push('an empty batch');
    for (const record of batch) {
      const held = this.#held.get(record.partition);
      const expected = (held?.at(-1)?.position ?? 0) + 1;
      if (record.partition !== first?.partition) this.faults.push('partitions mixed in a batch');
      if (record.position !== expected) {
        this.faults.push(`in ${record.partition}: ${record.position} instead of ${expected}`);
      }
      held?.push(record);
      this.onEach?.(record);
    }
    return this.pause?.();
  }

  onRollback(rollback: Rollback): void {
    this.faults.push(`rolled back: ${JSON.stringify(rollback)}`);
  }

  onFailure(error: Error): void {
    this.faults.push(`failed: ${error.message}`);
  }
}
