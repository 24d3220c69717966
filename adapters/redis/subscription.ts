import type { Cursor, Subscriber, Subscription } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import type { KnownLog } from './known-log.ts';
import type { Link } from './link.ts';
import { Reader } from './reader.ts';

export interface SubscriptionOptions {
  readonly link: Link;
  readonly dial: () => Promise<Connection>;
  readonly logs: readonly KnownLog[];
  readonly group: string;
  readonly after: readonly Cursor[];
  readonly subscriber: Subscriber;
}

/** Follows the partitions of its cursors, each with a reader of its own. */
export class RedisSubscription implements Subscription {
  readonly #readers: readonly Reader[];
  readonly #unlisten: () => void;

  constructor({ logs, after, ...options }: SubscriptionOptions) {
    this.#readers = after.map((cursor) => {
      const known = logs[cursor.partition];
      if (known === undefined) throw new RangeError(`the log has no partition ${cursor.partition}`);
      return new Reader({ ...options, known, cursor });
    });
    this.#unlisten = options.link.onUp(() => {
      for (const reader of this.#readers) reader.renew();
    });
  }

  get isReading(): boolean {
    return this.#readers.every((reader) => reader.isReading);
  }

  async close(): Promise<void> {
    this.#unlisten();
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }
}
