import { type Delivery, deliveriesOf } from '../core/delivery.ts';
import {
  type Cursor,
  type EventStore,
  type Recorded,
  type Rollback,
  StoreUnreachable,
  type Subscription,
} from '../core/event-store.ts';
import { type ChatView, emptyChat, evolveChat } from '../core/views/chat.ts';

/** What a follower tells the one who holds it, all of it in the order of the log. */
export interface FollowerOwner {
  /** A record, what it shows to whom, and the view before it. Called just before the fold. */
  onRecord(recorded: Recorded, deliveries: readonly Delivery[]): void;
  /**
   * The view stands at the end of a batch: what was gathered can leave. Answers how long the next
   * records may gather, in milliseconds.
   */
  onBatchEnd(): number;
  /** The log was set back, and the view folded again from its beginning. */
  onRefolded(rollback: Rollback): void;
  onFailure(error: Error): void;
}

/** Someone who waits for the view to come to a record. */
interface Waiting {
  readonly partition: number;
  readonly position: number;
  readonly resolve: () => void;
}

const pageSize = 2_000;
const refoldPauseMs = 500;

/**
 * Follows the log and keeps the view at the place it has come to: the only way in which anything
 * reaches a client.
 */
export class LogFollower {
  readonly #events: EventStore;
  readonly #owner: FollowerOwner;
  #view: ChatView = emptyChat();
  #cursors: Cursor[];
  #waiting: Waiting[] = [];
  #subscription: Subscription | undefined;
  #closed = false;

  constructor(events: EventStore, owner: FollowerOwner) {
    this.#events = events;
    this.#owner = owner;
    this.#cursors = beginnings(events.info.partitions);
  }

  get view(): ChatView {
    return this.#view;
  }

  /** The place in each partition's log that the view stands at. */
  get positions(): readonly number[] {
    return this.#cursors.map(({ position }) => position);
  }

  /**
   * Folds the log from its beginning to its present end, showing nobody anything. Once more if it
   * was set back meanwhile: the view must not be of two logs.
   * @throws {StoreUnreachable}
   */
  async catchUp(): Promise<void> {
    for (let epochs = ''; ;) {
      const before = await this.#epochs();
      if (before === epochs) break;
      epochs = before;
      this.#view = emptyChat();
      this.#cursors = beginnings(this.#events.info.partitions);
      for (const { partition } of this.#cursors) await this.#foldPartition(partition);
    }
    this.#release();
  }

  /** Follows the log from where the view stands. `group` names this server's consumer group. */
  follow(group: string): void {
    this.#subscription = this.#events.subscribe(group, this.#cursors, {
      onBatch: (batch) => this.#show(batch),
      onRollback: (rollback) => {
        this.#refold(group, rollback).catch((error: Error) => this.#owner.onFailure(error));
      },
      onFailure: (error) => this.#owner.onFailure(error),
    });
  }

  /**
   * Resolves when the view has folded that record, or will never come to it; to false when neither
   * is so in time.
   */
  reached(partition: number, position: number, withinMs: number): Promise<boolean> {
    if (this.#closed || position <= (this.#cursors[partition]?.position ?? 0))
      return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        resolve(false);
      }, withinMs);
      const waiting: Waiting = {
        partition,
        position,
        resolve: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      this.#waiting.push(waiting);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#subscription?.close();
    this.#releaseAll();
  }

  async #epochs(): Promise<string> {
    const heads = this.#cursors.map(({ partition }) => this.#events.head(partition));
    return (await Promise.all(heads)).map(({ epoch }) => epoch).join(' ');
  }

  async #foldPartition(partition: number): Promise<void> {
    for (;;) {
      const from = (this.#cursors[partition]?.position ?? 0) + 1;
      const page = await this.#events.readAll(partition, from, pageSize);
      for (const recorded of page) this.#fold(recorded);
      if (page.length < pageSize) return;
    }
  }

  #show(batch: readonly Recorded[]): void | Promise<void> {
    for (const recorded of batch) {
      this.#owner.onRecord(recorded, deliveriesOf(this.#view, recorded));
      this.#fold(recorded);
    }
    const pauseMs = this.#owner.onBatchEnd();
    this.#release();
    // Below a timer's resolution there is nothing to wait for.
    if (pauseMs >= 1) return new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  #fold(recorded: Recorded): void {
    const { partition, position, id } = recorded;
    evolveChat(this.#view, recorded);
    this.#cursors[partition] = { partition, position, id };
  }

  async #refold(group: string, rollback: Rollback): Promise<void> {
    await this.#subscription?.close();
    while (!this.#closed) {
      try {
        await this.catchUp();
        break;
      } catch (error) {
        if (!(error instanceof StoreUnreachable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, refoldPauseMs));
      }
    }
    if (this.#closed) return;
    this.#releaseAll();
    this.#owner.onRefolded(rollback);
    this.follow(group);
  }

  #release(): void {
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter(({ partition, position, resolve }) => {
      const waits = position > (this.#cursors[partition]?.position ?? 0);
      if (!waits) resolve();
      return waits;
    });
  }

  #releaseAll(): void {
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting = [];
  }
}

const beginnings = (partitions: number): Cursor[] =>
  Array.from({ length: partitions }, (_, partition) => ({ partition, position: 0 }));
