import { type Cursor, StoreUnusable, type Subscriber } from '../../core/event-store.ts';
import type { Subscription } from '../../core/event-store.ts';
import type { Environment } from './environment.ts';

/** Between two batches others have their turn. */
const batchRecordsMax = 512;

/** Gives a subscriber what follows its cursors, as soon as it is on disk. */
export class LmdbSubscription implements Subscription {
  readonly #environment: Environment;
  readonly #subscriber: Subscriber;
  /** The last position given, by partition. */
  readonly #positions: Map<number, number>;
  readonly #unlisten: readonly (() => void)[];
  #scheduled: NodeJS.Immediate | undefined;
  #isClosed = false;
  #isDelivering = false;
  /** Whether there may be records that have not been given. */
  #isBehind = false;

  constructor(environment: Environment, after: readonly Cursor[], subscriber: Subscriber) {
    this.#environment = environment;
    this.#subscriber = subscriber;
    this.#positions = new Map(after.map(({ partition, position }) => [partition, position]));
    this.#unlisten = [
      environment.onNews(() => this.#schedule()),
      environment.holdFor(this.#positions),
    ];
    this.#scheduled = setImmediate(() => this.#begin(after));
  }

  /** The log is in this machine's memory: whoever has not failed reads. */
  get isReading(): boolean {
    return !this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearImmediate(this.#scheduled);
    for (const unlisten of this.#unlisten) unlisten();
  }

  #begin(after: readonly Cursor[]): void {
    this.#scheduled = undefined;
    try {
      const foreign = after.find((cursor) => !this.#isOfThisLog(cursor));
      if (foreign !== undefined) throw notOfThisLog(foreign);
    } catch (error) {
      this.#fail(error);
      return;
    }
    void this.#deliver();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#isBehind = true;
    if (this.#isDelivering) return;
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      void this.#deliver();
    });
  }

  /** One batch of each partition; the next ones when the subscriber is ready for them. */
  async #deliver(): Promise<void> {
    this.#isDelivering = true;
    this.#isBehind = false;
    const pauses: Promise<void>[] = [];
    for (const [partition, position] of this.#positions) {
      const batch = this.#read(partition, position + 1);
      if (batch.length === 0) continue;
      this.#positions.set(partition, position + batch.length);
      const pause = this.#subscriber.onBatch(batch);
      if (pause instanceof Promise) pauses.push(pause);
      if (this.#isClosed) return;
      this.#isBehind ||= batch.length === batchRecordsMax;
    }
    await Promise.all(pauses);
    this.#isDelivering = false;
    if (this.#isBehind) this.#schedule();
  }

  #read(partition: number, from: number): ReturnType<Environment['reader']['records']> {
    if (this.#isClosed) return [];
    try {
      return this.#environment.reader.records(partition, from, batchRecordsMax);
    } catch (error) {
      this.#fail(error);
      return [];
    }
  }

  #isOfThisLog({ partition, position, id }: Cursor): boolean {
    const { first, position: last } = this.#environment.reader.head(partition);
    if (position + 1 < first)
      throw new StoreUnusable(
        `The log of partition ${partition} begins at position ${first} only.`,
      );
    if (position === 0 || (position < first && position <= last)) return true;
    const [record] = this.#environment.reader.records(partition, position, 1);
    return record !== undefined && (id === undefined || record.id === id);
  }

  /** A log on this machine's disk does not come back by waiting. */
  #fail(error: unknown): void {
    if (this.#isClosed) return;
    void this.close();
    this.#subscriber.onFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

const notOfThisLog = ({ partition, position }: Cursor): StoreUnusable =>
  new StoreUnusable(
    `This log's position ${position} of partition ${partition} is not the one known.`,
  );
