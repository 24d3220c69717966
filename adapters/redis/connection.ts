import { Redis } from 'ioredis';
import type { Address } from './address.ts';
import { ConnectionLost, RedisRefusal } from './refusal.ts';
import type { Reply } from './reply.ts';

/** From the first packet to the answer to AUTH and SELECT. */
const openWithinMs = 1_500;
/** For the packets of an orderly end; a peer that does not answer them is cut off. */
const disconnectTimeoutMs = 100;

export type Argument = string | number | Buffer;

/**
 * One connection to Redis, used until it is lost and never again: a client that reconnects by
 * itself would send again what was under way, and does not tell which of it was done.
 */
export class Connection {
  /** Settles when the connection has ended, for whatever reason. */
  readonly lost: Promise<void>;
  readonly #client: Redis;
  #isLost = false;
  #reason = '';

  private constructor(client: Redis) {
    this.#client = client;
    this.lost = new Promise((resolve) => client.once('close', () => resolve()));
    client.once('close', () => (this.#isLost = true));
    client.on('error', (error: Error) => (this.#reason ||= error.message));
  }

  /**
   * @throws {RedisRefusal} when Redis answers that it does not let us in
   * @throws {ConnectionLost} when it does not answer in 1.5 s, or the connection breaks
   */
  static async open(address: Address): Promise<Connection> {
    const client = new Redis({
      ...address.options,
      lazyConnect: true,
      retryStrategy: null,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      enableReadyCheck: false,
      connectTimeout: openWithinMs,
      disconnectTimeout: disconnectTimeoutMs,
      connectionName: 'securechat',
      disableClientInfo: true,
      protocol: 2,
    });
    const connection = new Connection(client);
    let refusal: Error | undefined;
    client.on('error', (error: Error) => (refusal ??= error));
    const timer = setTimeout(() => connection.drop('it did not answer'), openWithinMs);
    try {
      await client.connect();
    } catch (error) {
      refusal ??= error instanceof Error ? error : new Error(String(error));
    } finally {
      clearTimeout(timer);
    }
    // ioredis goes on after a refused SELECT: in another database than was asked for.
    if (refusal === undefined && !connection.isLost) return connection;
    connection.drop('it was not opened');
    throw isReplyError(refusal) ? new RedisRefusal(refusal.message) : connection.loss;
  }

  get isLost(): boolean {
    return this.#isLost || this.#client.status !== 'ready';
  }

  /** What to tell of a connection that was lost: why, as far as known. */
  get loss(): ConnectionLost {
    return new ConnectionLost(`The connection to Redis was lost: ${this.#reason || 'it ended'}.`);
  }

  /**
   * Sends a command. There is no deadline: whoever waits drops the connection when it is over.
   *
   * @throws {RedisRefusal} for an error reply
   * @throws {ConnectionLost} when the connection is lost before the answer
   */
  async call(name: string, ...args: readonly Argument[]): Promise<Reply> {
    try {
      return (await this.#client.callBuffer(name, args as Argument[])) as Reply;
    } catch (error) {
      if (isReplyError(error)) throw new RedisRefusal(error.message);
      // The client may call itself ready for a moment yet, and whoever asks again would not let go
      // of this process for it to learn better.
      this.drop(error instanceof Error ? error.message : String(error));
      throw this.loss;
    }
  }

  /** The same, and drops the connection when there is no answer in time. */
  async callWithin(ms: number, name: string, ...args: readonly Argument[]): Promise<Reply> {
    let isOver = false;
    const late = (): void => {
      if (!isOver) this.drop(`${name} was not answered within ${ms} ms`);
    };
    // What has come by now counts, though this process was too busy to see it.
    const timer = setTimeout(() => setImmediate(late), ms);
    try {
      return await this.call(name, ...args);
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }

  /** Ends the connection at once; what is under way is rejected. */
  drop(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#reason ||= reason;
    this.#client.disconnect();
    // Absent until the first packet is on its way; then `disconnect` alone is enough.
    const stream: { destroy(): void } | undefined = this.#client.stream;
    stream?.destroy();
  }
}

const isReplyError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ReplyError';
