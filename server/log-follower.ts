import { deliveriesOf } from '../core/deliveries.ts';
import type { Delivery } from '../core/delivery.ts';
import {
  type Cursor,
  type EventStore,
  type Recorded,
  type Rollback,
  StoreUnreachable,
  type Subscription,
} from '../core/event-store.ts';
import { type ChatView, emptyChat, evolveChat } from '../core/views/chat.ts';
import { beginnings, type FoldedLog, foldLog } from './folded-log.ts';
import { RecentRecords } from './recent-records.ts';
import { type SetBack, setBackSince } from './set-back.ts';

/** What a follower tells the one who holds it, all of it in the order of the log. */
export interface FollowerOwner {
  /** A record, what it shows to whom, and the view before it. Called just before the fold. */
  onRecord(recorded: Recorded, deliveries: readonly Delivery[]): void;
  /**
   * The view stands at the end of a batch: what was gathered can leave. Answers how long the next
   * records may gather, in milliseconds.
   */
  onBatchEnd(): number;
  /** Partitions were set back, and folded again from their beginning: the view is another one now. */
  onRefolded(setBack: readonly SetBack[], before: ChatView): void;
  onFailure(error: Error): void;
}

/** Someone who waits for the view to come to a record. */
interface Waiting {
  readonly partition: number;
  readonly position: number;
  readonly resolve: () => void;
}

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
  #recent: RecentRecords;
  #waiting: Waiting[] = [];
  #subscription: Subscription | undefined;
  #isRefolding = false;
  #generation = 0;
  #pausesUntil = 0;
  #closed = false;

  constructor(events: EventStore, owner: FollowerOwner) {
    this.#events = events;
    this.#owner = owner;
    const { partitions } = events.info;
    this.#cursors = [...beginnings(partitions)];
    this.#recent = new RecentRecords(partitions);
  }

  get view(): ChatView {
    return this.#view;
  }

  /** The last of what the view was folded from. */
  get recent(): RecentRecords {
    return this.#recent;
  }

  /** The place in each partition's log that the view stands at. */
  get positions(): readonly number[] {
    return this.#cursors.map(({ position }) => position);
  }

  /** The same with the ids of the records. A copy: it is as of now. */
  get cursors(): readonly Cursor[] {
    return [...this.#cursors];
  }

  /** False while the log, which was set back, is folded anew: the view is of the one before. */
  get isCurrent(): boolean {
    return !this.#isRefolding;
  }

  /** Whether what is appended now is shown without delay, as far as the store can tell. */
  get isReading(): boolean {
    return this.#subscription?.isReading ?? false;
  }

  /** Rises each time the log is set back. */
  get generation(): number {
    return this.#generation;
  }

  /** When the log is read again, by `performance.now()`; has passed while it is being read. */
  get pausesUntil(): number {
    return this.#pausesUntil;
  }

  /**
   * Folds the log from its beginning to its present end, showing nobody anything.
   * @throws {StoreUnreachable}
   */
  async catchUp(): Promise<void> {
    this.#standAt(await foldLog(this.#events));
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
    if (this.#closed || this.#isAt(partition, position)) return Promise.resolve(true);
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

  #show(batch: readonly Recorded[]): void | Promise<void> {
    for (const recorded of batch) {
      this.#owner.onRecord(recorded, deliveriesOf(this.#view, recorded));
      this.#fold(recorded);
    }
    const pauseMs = this.#owner.onBatchEnd();
    this.#release();
    // Below a timer's resolution there is nothing to wait for.
    if (pauseMs < 1) return;
    this.#pausesUntil = performance.now() + pauseMs;
    return new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  #fold(recorded: Recorded): void {
    const { partition, position, id } = recorded;
    evolveChat(this.#view, recorded);
    this.#recent.add(recorded);
    this.#cursors[partition] = { partition, position, id };
  }

  #standAt({ view, cursors, recent }: FoldedLog): void {
    this.#view = view;
    this.#cursors = [...cursors];
    this.#recent = recent;
  }

  /**
   * Folds the log anew, aside: for as long as that takes, the view is the one before, and whoever
   * decides by it is refused. Whom the users follow who are here is folded along.
   */
  async #refold(group: string, rollback: Rollback): Promise<void> {
    this.#isRefolding = true;
    this.#generation += 1;
    await this.#subscription?.close();
    const before = this.#view;
    const users = [...before.followers.following.keys()];
    let setBack: readonly SetBack[] = [];
    while (!this.#closed) {
      try {
        const folded = await foldLog(this.#events, users);
        setBack = await setBackSince(this.#events, before, folded, rollback);
        this.#standAt(folded);
        break;
      } catch (error) {
        if (!(error instanceof StoreUnreachable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, refoldPauseMs));
      }
    }
    this.#isRefolding = false;
    this.#releaseAll();
    if (this.#closed) return;
    this.#owner.onRefolded(setBack, before);
    this.follow(group);
  }

  #isAt(partition: number, position: number): boolean {
    return !this.#isRefolding && position <= (this.#cursors[partition]?.position ?? 0);
  }

  #release(): void {
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter(({ partition, position, resolve }) => {
      const isThere = this.#isAt(partition, position);
      if (isThere) resolve();
      return !isThere;
    });
  }

  #releaseAll(): void {
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting = [];
  }
}
