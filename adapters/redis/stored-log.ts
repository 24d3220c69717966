import { type LogHead, type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { StoredLog, StoredRecord } from '../../core/log-source.ts';
import { recordFormat } from '../record-codec.ts';
import { type AddressOptions, parseAddress } from './address.ts';
import type { Connection } from './connection.ts';
import { entryOf, numberBeforeDash, storedIn } from './entry.ts';
import { firstConnection } from './first-connection.ts';
import { partitionKeys } from './keys.ts';
import { readMeta } from './log-info.ts';
import { packedEntriesMax, readPacked } from './packed-page.ts';
import { asStoreError } from './refusal.ts';
import { listOf, numberOf, optional, type Reply, textOf, UnexpectedReply } from './reply.ts';

/**
 * Looks at the log in a Redis as it is: nothing is checked, mended or written, as `openRedis` would.
 * @throws {StoreUnreachable} @throws {StoreUnusable} when there is none, or one of a later format
 */
export async function lookIntoRedis(
  options: { readonly url: string } & AddressOptions,
): Promise<StoredLog> {
  const address = parseAddress(options.url, options);
  const connection = await firstConnection(address);
  try {
    const info = await readMeta(connection);
    if (info === undefined)
      throw new StoreUnusable(`There is no log in the Redis at ${address.text}.`);
    if (info.format > recordFormat)
      throw new StoreUnusable(
        `The log in this Redis is of format ${info.format}, and this program knows formats up to ${recordFormat}; use a later version of the program.`,
      );
    return new RedisStoredLog(connection, info);
  } catch (error) {
    connection.drop('it is of no use');
    throw asStoreError(error);
  }
}

class RedisStoredLog implements StoredLog {
  readonly info: LogInfo;
  readonly #connection: Connection;

  constructor(connection: Connection, info: LogInfo) {
    this.#connection = connection;
    this.info = info;
  }

  /** The epoch is what the heads say, and empty without them. */
  async head(partition: number): Promise<LogHead> {
    const { log, heads, trimmed } = partitionKeys(partition);
    return this.#asked(async () => {
      const [last] = listOf(await this.#connection.call('XREVRANGE', log, '+', '-', 'COUNT', 1));
      const epoch = optional(await this.#connection.call('HGET', heads, ':epoch'), textOf) ?? '';
      const first = optional(await this.#connection.call('HGET', trimmed, ':first'), numberOf) ?? 1;
      return { position: last === undefined ? 0 : positionOf(last), first, epoch };
    });
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const { log } = partitionKeys(partition);
    return this.#asked(async () => {
      const records: StoredRecord[] = [];
      // What stands before the first position was put there by nobody who may.
      for (let start = from > 1 ? `${from}-0` : '-'; ;) {
        const count = Math.min(limit - records.length, packedEntriesMax);
        if (count <= 0) return records;
        const page = await readPacked(this.#connection, log, start, count);
        for (const entry of page) records.push(recordIn(partition, entry));
        if (page.length < count) return records;
        start = `(${textOf(listOf(page.at(-1))[0])}`;
      }
    });
  }

  async close(): Promise<void> {
    this.#connection.drop('it is not needed any more');
  }

  async #asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw asStoreError(error);
    }
  }
}

const positionOf = (entry: Reply): number => numberBeforeDash(listOf(entry)[0]);

/** An entry that no server wrote is one too, and judged by whoever reads. */
function recordIn(partition: number, entry: Reply): StoredRecord {
  try {
    return storedIn(partition, entryOf(entry));
  } catch (error) {
    if (!(error instanceof UnexpectedReply)) throw error;
    const nothing = { stream: '', revision: 0, at: 0, meta: Buffer.alloc(0) };
    return { partition, position: positionOf(entry), ...nothing };
  }
}
