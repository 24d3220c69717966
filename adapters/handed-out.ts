import type { Subscription, Writer } from '../core/event-store.ts';

/**
 * The writers and subscriptions that a store has handed out and nobody has closed yet: they are
 * closed with the store. What was closed is let go of, for a server opens and closes writers as
 * long as it runs.
 */
export class HandedOut {
  readonly #closes = new Set<() => Promise<void>>();
  #isClosed = false;

  /** What to give to the caller. If the store was closed, it is closed already. */
  writer(writer: Writer): Writer {
    return { append: (commit) => writer.append(commit), close: this.#closeOf(writer) };
  }

  /** The same for a subscription. */
  subscription(subscription: Subscription): Subscription {
    const close = this.#closeOf(subscription);
    return {
      get isReading() {
        return subscription.isReading;
      },
      close,
    };
  }

  /** Settles when all is closed, also what its holder began to close before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#closes].map((close) => close()));
  }

  /** Closes it once, however often it is called. */
  #closeOf(opened: Pick<Subscription, 'close'>): () => Promise<void> {
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> =>
      (closed ??= opened.close().finally(() => this.#closes.delete(close)));
    if (this.#isClosed) void close();
    else this.#closes.add(close);
    return close;
  }
}
