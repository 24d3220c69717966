import {
  type Cursor,
  type Rollback,
  StoreUnusable,
  type Subscriber,
} from '../../core/event-store.ts';
import type { Subscription } from '../../core/event-store.ts';
import type { MemoryLog } from './log.ts';

/** So that a subscriber far behind lets others run in between. */
const batchRecordsMax = 512;

/** Gives a subscriber what follows its cursors: in microtasks, never within the append itself. */
export class MemorySubscription implements Subscription {
  readonly #log: MemoryLog;
  readonly #subscriber: Subscriber;
  readonly #positions: Map<number, number>;
  readonly #unlisten: readonly (() => void)[];
  #isScheduled = false;
  #isClosed = false;

  constructor(log: MemoryLog, after: readonly Cursor[], subscriber: Subscriber) {
    this.#log = log;
    this.#subscriber = subscriber;
    this.#positions = new Map(after.map(({ partition, position }) => [partition, position]));
    this.#unlisten = [
      log.onAppend(() => this.#schedule()),
      log.onRollback((rollback) => this.#heed(rollback)),
      log.holdFor(this.#positions),
    ];
    const problem = after.map((cursor) => problemOf(log, cursor)).find((one) => one !== undefined);
    if (problem === undefined) this.#schedule();
    else queueMicrotask(() => this.#fail(problem));
  }

  get isReading(): boolean {
    return !this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const unlisten of this.#unlisten) unlisten();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    queueMicrotask(() => void this.#deliver());
  }

  /** One batch of each partition; the next ones when the subscriber is ready for them. */
  async #deliver(): Promise<void> {
    const pauses: Promise<void>[] = [];
    for (const [partition, position] of this.#positions) {
      if (this.#isClosed) return;
      const batch = this.#log.partition(partition).read(position + 1, batchRecordsMax);
      if (batch.length === 0) continue;
      this.#positions.set(partition, position + batch.length);
      const pause = this.#subscriber.onBatch(batch);
      if (pause instanceof Promise) pauses.push(pause);
    }
    await Promise.all(pauses);
    this.#isScheduled = false;
    if (this.#isBehind()) this.#schedule();
  }

  /** Whether something was appended while the subscriber took its time. */
  #isBehind(): boolean {
    return [...this.#positions].some(
      ([partition, position]) => this.#log.partition(partition).read(position + 1, 1).length > 0,
    );
  }

  #heed(rollback: Rollback): void {
    if ((this.#positions.get(rollback.partition) ?? 0) < rollback.from) return;
    void this.close();
    queueMicrotask(() => this.#subscriber.onRollback(rollback));
  }

  #fail(problem: string): void {
    if (this.#isClosed) return;
    void this.close();
    this.#subscriber.onFailure(new StoreUnusable(problem));
  }
}

/** Why a log cannot be followed from a cursor on. */
function problemOf(log: MemoryLog, { partition, position, id }: Cursor): string | undefined {
  const { first, head } = log.partition(partition);
  if (position + 1 < first)
    return `The log of partition ${partition} begins at position ${first} only.`;
  if (position === 0 || (position < first && position <= head)) return undefined;
  const [record] = log.partition(partition).read(position, 1);
  const isSame = record?.position === position && (id === undefined || record.id === id);
  return isSame
    ? undefined
    : `This log's position ${position} of partition ${partition} is not the one known.`;
}
