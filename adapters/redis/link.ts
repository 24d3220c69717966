import { StoreUnreachable, StoreUnusable } from '../../core/event-store.ts';
import type { LinkNews, Unfitness } from '../../core/stores.ts';
import { Backoff } from './backoff.ts';
import type { Connection } from './connection.ts';
import { heartbeat, pingWithinMs, silenceMsMax } from './heartbeat.ts';
import { Outage } from './outage.ts';
import { asStoreError, ConnectionLost, RedisUnfit } from './refusal.ts';

/** After a failover the address may lead elsewhere, but hardly sooner than this. */
const leaveAfterMs = 1_000;
/** For a read or a write that can be repeated, reconnecting included. */
const answerWithinMs = 3_000;
/** Without a word from Redis for so long, the next one hardly comes in time for anybody. */
const hopelessAfterMs = 2_500;

interface Waiter {
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

export interface LinkOptions {
  readonly dial: () => Promise<Connection>;
  /** Called with each new connection before anybody else may use it. */
  readonly prepare: (connection: Connection) => Promise<void>;
  /** Whether Redis can still be used, asked now and then. @throws {RedisUnfit} */
  readonly look?: (connection: Connection) => Promise<void>;
  /** How long Redis may be silent on it; 1 s unless given. */
  readonly withinMs?: number;
  /** Told once when the link goes down, and once when it is back. */
  readonly onNews?: (news: LinkNews) => void;
}

/**
 * The store's connection to Redis: whenever one is lost or stops answering it is thrown away, and
 * another is made until it succeeds.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #onUp = new Set<() => void>();
  readonly #waiting = new Set<Waiter>();
  #connection: Connection | undefined;
  #downSince = performance.now();
  #wholeSince = 0;
  #answeredAt = 0;
  #trouble: unknown = new StoreUnreachable('There is no connection to Redis yet.');
  readonly #outage: Outage;
  /** Given up on purpose, though it would have gone on; and why. */
  #left: { readonly connection: Connection; readonly why: Error } | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#outage = new Outage(options.onNews);
  }

  /** @throws what was wrong with the first connection */
  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options);
    const first = await link.#connect();
    link.#running = link.#keep(first);
    return link;
  }

  /** For how long there has been no connection, in milliseconds; 0 while there is one. */
  get downMs(): number {
    return this.#connection === undefined ? performance.now() - this.#downSince : 0;
  }

  /**
   * For how long one connection has answered without a gap, in milliseconds. A stop of Redis, of
   * the network or of this process ends it.
   */
  get wholeMs(): number {
    const now = performance.now();
    const isWhole = this.current !== undefined && now - this.#answeredAt <= silenceMsMax;
    return isWhole ? now - this.#wholeSince : 0;
  }

  /** Why Redis is not used although it answers; undefined when there is another reason, or none. */
  get unfit(): Unfitness | undefined {
    const isDown = this.#connection === undefined;
    return isDown && this.#trouble instanceof RedisUnfit ? this.#trouble.unfitness : undefined;
  }

  /**
   * Whether there is no connection, and Redis has not answered for so long that to wait for it
   * would only be to wait. Counted from its last answer: one that is stopped takes connections.
   * For somebody to change its settings nobody waits.
   */
  get isHopeless(): boolean {
    if (this.current !== undefined) return false;
    return this.unfit !== undefined || performance.now() - this.#answeredAt > hopelessAfterMs;
  }

  /** The connection, if there is one now. */
  get current(): Connection | undefined {
    return this.#connection?.isLost === false ? this.#connection : undefined;
  }

  /** Calls `listener` after each reconnect; ends with the result's call. */
  onUp(listener: () => void): () => void {
    this.#onUp.add(listener);
    return () => this.#onUp.delete(listener);
  }

  /**
   * The connection, as soon as there is one.
   *
   * @throws {StoreUnreachable} after `withinMs`, or when the link is closed
   * @throws {StoreUnusable} after `withinMs`, when what Redis holds is not for this program
   */
  async ready(withinMs = Infinity): Promise<Connection> {
    const { current } = this;
    if (current !== undefined) return current;
    if (this.#closing.signal.aborted) throw new StoreUnreachable('The store was closed.');
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      if (withinMs === Infinity) return;
      const giveUp = (): void => {
        if (this.#waiting.delete(waiter)) reject(this.#whyDown());
      };
      setTimeout(giveUp, Math.max(withinMs, 0)).unref();
    });
  }

  /**
   * Carries out what can be repeated without harm, again if its connection is lost.
   *
   * @throws {StoreUnreachable} when it has not succeeded in 3 s, or Redis refused it; at once when
   * Redis has been away for long
   */
  async run<T>(operation: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.isHopeless) throw this.#whyDown();
    const endsAt = performance.now() + answerWithinMs;
    for (;;) {
      try {
        return await operation(await this.ready(endsAt - performance.now()));
      } catch (error) {
        const isOver = performance.now() >= endsAt || this.#closing.signal.aborted;
        if (!(error instanceof ConnectionLost) || isOver) throw asStoreError(error);
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#connection?.drop('the store was closed');
    const closed = new StoreUnreachable('The store was closed.');
    for (const waiter of this.#waiting) waiter.reject(closed);
    this.#waiting.clear();
    await this.#running;
  }

  /** Gives a connection up that leads to the wrong place, unless it was only just made. */
  leave(connection: Connection, reason: string): void {
    const isNew = performance.now() - this.#wholeSince <= leaveAfterMs;
    if (isNew || connection.isLost) return;
    connection.drop(reason);
    this.#left = { connection, why: connection.loss };
  }

  async #keep(first: Connection): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff();
    for (let connection: Connection | undefined = first; ;) {
      if (connection !== undefined) {
        backoff.reset();
        await connection.lost;
        this.#goDown(connection);
      }
      await backoff.pause(signal);
      if (signal.aborted) return;
      connection = await this.#reconnect();
    }
  }

  async #reconnect(): Promise<Connection | undefined> {
    let connection: Connection;
    try {
      connection = await this.#connect();
    } catch (error) {
      this.#stayDown(error);
      return undefined;
    }
    this.#outage.end(performance.now() - this.#downSince);
    for (const listener of this.#onUp) listener();
    return connection;
  }

  async #connect(): Promise<Connection> {
    const { dial, prepare, look = async () => {}, withinMs = pingWithinMs } = this.#options;
    const connection = await dial();
    this.#wholeSince = performance.now();
    void heartbeat(connection, {
      onAnswer: () => this.#answered(),
      look,
      withinMs,
      onUnfit: (error) => this.#giveUp(connection, error),
    });
    try {
      await prepare(connection);
      if (this.#closing.signal.aborted) throw new ConnectionLost('The store was closed.');
      if (connection.isLost) throw new ConnectionLost('The new connection to Redis was lost.');
    } catch (error) {
      connection.drop('it could not be prepared');
      throw error;
    }
    this.#answered();
    this.#connection = connection;
    for (const waiter of this.#waiting) waiter.resolve(connection);
    this.#waiting.clear();
    return connection;
  }

  #answered(): void {
    const now = performance.now();
    if (now - this.#answeredAt > silenceMsMax) this.#wholeSince = now;
    this.#answeredAt = now;
  }

  #giveUp(connection: Connection, why: RedisUnfit): void {
    connection.drop(why.message);
    this.#left = { connection, why };
  }

  #goDown(lost: Connection): void {
    this.#connection = undefined;
    this.#downSince = performance.now();
    const left = this.#left?.connection === lost ? this.#left : undefined;
    this.#trouble = left?.why ?? lost.loss;
    // For one that was left there is another at once, or else that is what is to be told.
    if (left === undefined && !this.#closing.signal.aborted) this.#outage.begin(lost.loss.message);
  }

  #stayDown(error: unknown): void {
    this.#trouble = error;
    if (this.#closing.signal.aborted) return;
    this.#outage.goOn(this.#whyDown().message, !(error instanceof ConnectionLost));
  }

  #whyDown(): StoreUnreachable | StoreUnusable {
    const error = asStoreError(this.#trouble);
    if (error instanceof StoreUnusable || error instanceof StoreUnreachable) return error;
    return new StoreUnreachable(error instanceof Error ? error.message : String(error));
  }
}
