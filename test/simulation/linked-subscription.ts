import type {
  Cursor,
  Recorded,
  Rollback,
  Subscriber,
  Subscription,
} from '../../core/event-store.ts';
import type { KnownEpochs } from './known-epochs.ts';
import type { SharedStore } from './shared-store.ts';
import type { StoreLink } from './store-link.ts';

const batchRecordsMax = 512;
const smallBatchMax = 4;

export interface LinkedSubscriptionOptions {
  readonly link: StoreLink;
  readonly store: SharedStore;
  readonly epochs: KnownEpochs;
  readonly after: readonly Cursor[];
  readonly subscriber: Subscriber;
}

/** Brings what the log has to a server: partition by partition, each at its own pace. */
export class LinkedSubscription implements Subscription {
  readonly #options: LinkedSubscriptionOptions;
  readonly #link: StoreLink;
  readonly #cursors: Map<number, Cursor>;
  /** The partitions of which something is under way. */
  readonly #busy = new Set<number>();
  readonly #unlisten: readonly (() => void)[];
  #isClosed = false;

  constructor(options: LinkedSubscriptionOptions) {
    const { link, store, epochs, after } = options;
    this.#options = options;
    this.#link = link;
    this.#cursors = new Map(after.map((cursor) => [cursor.partition, cursor]));
    this.#unlisten = [
      store.onAppend(() => this.#look()),
      epochs.onAnother((partition) => this.#heedEpoch(partition)),
    ];
    this.#look();
  }

  get isReading(): boolean {
    return !this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const unlisten of this.#unlisten) unlisten();
  }

  #look(): void {
    for (const partition of this.#cursors.keys()) {
      if (this.#busy.has(partition)) continue;
      this.#busy.add(partition);
      this.#link.world.later(0, () => this.#send(partition));
    }
  }

  /** At the store. */
  #send(partition: number): void {
    const cursor = this.#cursors.get(partition);
    if (this.#isClosed || cursor === undefined) return;
    const log = this.#options.store.log.partition(partition);
    const { random } = this.#link.world;
    const limit = random.chance(0.5) ? 1 + random.below(smallBatchMax) : batchRecordsMax;
    const rollback = this.#options.store.rollbackOf(cursor);
    const batch = log.read(cursor.position + 1, limit);
    if (rollback === undefined && batch.length === 0) return void this.#busy.delete(partition);
    const tell = (): void =>
      rollback === undefined ? this.#show(batch) : this.#tellRollback(rollback);
    const { process, weather } = this.#link;
    const again = (): void => this.#link.whenWhole(() => this.#send(partition));
    this.#link.carry(() => process.deliver(tell), again, random.below(weather.lagMs + 1));
  }

  // In the server's process.

  #show(batch: readonly Recorded[]): void {
    const last = batch.at(-1);
    if (this.#isClosed || last === undefined) return;
    const { partition, position, id } = last;
    this.#cursors.set(partition, { partition, position, id });
    const goOn = (): void => this.#link.world.later(0, () => this.#send(partition));
    void Promise.resolve(this.#options.subscriber.onBatch(batch)).then(goOn);
  }

  /** It shows in an append that the log was set back: perhaps before this cursor. */
  #heedEpoch(partition: number): void {
    const cursor = this.#cursors.get(partition);
    const rollback = cursor && this.#options.store.rollbackOf(cursor);
    if (rollback !== undefined) this.#tellRollback(rollback);
  }

  #tellRollback(rollback: Rollback): void {
    const { epochs, subscriber } = this.#options;
    if (this.#isClosed || !this.#cursors.delete(rollback.partition)) return;
    epochs.heed(rollback.partition, rollback.epoch);
    subscriber.onRollback(rollback);
  }
}
