import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumpRedis } from '../checker/log-dump.ts';
import { type LogEvent, type LogRecord, readRecord } from '../checker/log-event.ts';
import type { ChatClient } from '../support/chat-client.ts';
import {
  type ChatProcess,
  type ChatProcessOptions,
  startChatProcess,
} from '../support/chat-process.ts';
import { type RedisOptions, type RedisProcess, startRedis } from '../support/redis-process.ts';
import { greeting, loginOf, welcome } from './words.ts';

export interface ClientOptions {
  /** Whether it sends line ends; it does unless told otherwise. */
  readonly framed?: boolean;
}

/** The records of one type. */
export type RecordsOf<Type extends LogEvent['type']> = readonly (LogRecord & {
  readonly event: Extract<LogEvent, { readonly type: Type }>;
})[];

/** Chat servers of one log in processes of their own; all of it ends with this one at the latest. */
export class Cluster implements AsyncDisposable {
  readonly #processes: ChatProcess[] = [];
  /** By the servers' numbers. */
  readonly #doors: { readonly process: ChatProcess; readonly place: number }[] = [];

  /** Starts one more process; its servers get the next numbers. */
  async start(options: ChatProcessOptions): Promise<ChatProcess> {
    const certs = this.#processes[0]?.certs;
    const shared = certs === undefined ? {} : { certs };
    const process = await startChatProcess({ ...shared, ...options });
    this.#processes.push(process);
    for (const place of process.ports.keys()) this.#doors.push({ process, place });
    return process;
  }

  process(server: number): ChatProcess {
    return this.#door(server).process;
  }

  /** A client that server 0, 1, … has greeted. */
  async client(server: number, { framed = true }: ClientOptions = {}): Promise<ChatClient> {
    const { process, place } = this.#door(server);
    const client = process.connect({ server: place, framed });
    await client.reads(greeting);
    return client;
  }

  /** One that has also logged in, with a demonstration account. */
  async login(user: string, server: number, options: ClientOptions = {}): Promise<ChatClient> {
    const client = await this.client(server, options);
    client.send(loginOf(user));
    await client.reads(welcome(user));
    // With several partitions the lobby's joining comes after the session's opening.
    await client.isServed();
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The first one's certificates are everybody's.
    for (const process of this.#processes.toReversed()) await process[Symbol.asyncDispose]();
  }

  #door(server: number) {
    const door = this.#doors[server];
    if (door === undefined) throw new RangeError(`there is no server ${server}`);
    return door;
  }
}

export interface RedisClusterOptions {
  /** 2 unless given, each a process of its own. */
  readonly servers?: number;
  readonly partitions?: number;
  readonly registration?: 'open' | 'closed';
  readonly messagesPerSecond?: number;
  readonly appendfsync?: RedisOptions['appendfsync'];
}

/** A cluster on a Redis of its own; its servers are called `server-0`, `server-1`, … */
export class RedisCluster extends Cluster {
  readonly redis: RedisProcess;
  readonly #options: RedisClusterOptions;
  #started = 0;

  constructor(redis: RedisProcess, options: RedisClusterOptions) {
    super();
    this.redis = redis;
    this.#options = options;
  }

  async startServer(options: Partial<ChatProcessOptions> = {}): Promise<ChatProcess> {
    const { servers: _, appendfsync: __, ...all } = this.#options;
    const name = `server-${this.#started++}`;
    return this.start({ redis: this.redis.url, name, ...all, ...options });
  }

  /** The whole log as it lies in Redis: partition by partition, each in its order. */
  async log(): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const raw of dumpRedis(this.redis.url)) records.push(readRecord(raw));
    return records;
  }

  /** The records of one type. */
  async records<Type extends LogEvent['type']>(type: Type): Promise<RecordsOf<Type>> {
    return ofType(await this.log(), type);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
  }
}

export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { servers = 2, appendfsync = 'everysec' } = options;
  const cluster = new RedisCluster(await startRedis({ appendfsync }), options);
  try {
    for (let number = 0; number < servers; number++) await cluster.startServer();
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
  return cluster;
}

/** Two servers of one process on an embedded store. */
export class EmbeddedCluster extends Cluster {
  readonly #data = mkdtempSync(join(tmpdir(), 'securechat-data-'));

  async startServers(): Promise<void> {
    await this.start({ data: this.#data, servers: 2 });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    rmSync(this.#data, { recursive: true, force: true });
  }
}

export async function startEmbeddedCluster(): Promise<EmbeddedCluster> {
  const cluster = new EmbeddedCluster();
  await cluster.startServers();
  return cluster;
}

export function ofType<Type extends LogEvent['type']>(
  log: readonly LogRecord[],
  type: Type,
): RecordsOf<Type> {
  return log.filter((record): record is RecordsOf<Type>[number] => record.event.type === type);
}
