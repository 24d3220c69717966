import pino from 'pino';
import { test } from 'tap';

import { LineLink } from '../../adapters/line/line-link.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../adapters/memory/log.ts';
import { type MasterKeySource, sealStores } from '../../adapters/sealing/seal-stores.ts';
import type { EventType } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { Stores } from '../../core/stores.ts';
import { createAccount } from '../../server/accounts.ts';
import type { ChatOptions } from '../../server/chat.ts';
import { ChatServer } from '../../server/chat-server.ts';
import { type Metrics, noMetrics } from '../../server/metrics.ts';
import { demoAccounts } from '../../server/start.ts';
import { someMasterKey } from '../adapters/sealing/some-master-key.ts';
import { ChatClient } from './chat-client.ts';
import { duplexPair } from './duplex-pair.ts';
import { FaultyStores } from './faulty-stores.ts';
import { QuickHasher } from './quick-hasher.ts';
import { until } from './until.ts';

export interface HarnessOptions extends Partial<Omit<ChatOptions, 'name'>> {
  /** 1 unless given. */
  readonly partitions?: number;
  /** 2 unless given. */
  readonly servers?: number;
  /** Whether texts are sealed; they are not unless told so. */
  readonly sealed?: boolean;
}

export interface ClientOptions {
  /** The network address that limits see; one of its own for each client unless given. */
  readonly address?: string;
  /** Whether the client sends line ends; it does unless told otherwise. */
  readonly framed?: boolean;
}

const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

/** Chat servers of one cluster in this process, over one log in memory, without any port. */
export async function startHarness(options: HarnessOptions = {}): Promise<ChatHarness> {
  const { partitions = 1, servers = 2, sealed = false, ...others } = options;
  const harness = new ChatHarness(partitions, sealed);
  for (let number = 0; number < servers; number++) await harness.startServer(others);
  const [first] = harness.servers;
  if (first === undefined) throw new Error('a chat has a server');
  const actor = { server: first.options.name, incarnation: first.incarnation };
  for (const account of demoAccounts) await createAccount(first, actor, account);
  await harness.settled();
  return harness;
}

/** One test on a chat of its own; its sentence says of the chat what holds. */
export function scene(
  sentence: string,
  body: (chat: ChatHarness) => Promise<void>,
  options: HarnessOptions = {},
): void {
  void test(sentence, async () => {
    await using chat = await startHarness(options);
    await body(chat);
    chat.checkComplaints();
  });
}

/** The same test on a log of one partition and on one of eight. */
export function scenes(
  sentence: string,
  body: (chat: ChatHarness) => Promise<void>,
  options: HarnessOptions = {},
): void {
  for (const partitions of [1, 8])
    scene(`${sentence} (partitions: ${partitions})`, body, { ...options, partitions });
}

export class ChatHarness implements AsyncDisposable {
  readonly log: MemoryLog;
  readonly servers: ChatServer[] = [];
  /** Of each server. */
  readonly stores: FaultyStores[] = [];
  readonly hasher = new QuickHasher();
  /** What servers logged as an error or worse: a test that expects some takes them out. */
  readonly complaints: string[] = [];
  #now = 0;
  #clients = 0;

  readonly #master: MasterKeySource | undefined;

  constructor(partitions: number, sealed = false) {
    this.#master = sealed ? someMasterKey() : undefined;
    this.log = new MemoryLog({ partitions, now: () => Date.now() + this.#now });
  }

  async startServer(
    options: Partial<Omit<ChatOptions, 'name'>>,
    metrics: Metrics = noMetrics,
  ): Promise<void> {
    const stores = new FaultyStores(await this.#openStores());
    const chosen = { registrationOpen: true, messagesPerSecond: 1_000, ...options };
    const name = `server-${this.servers.length}`;
    const log = pino(
      { level: 'error', base: null },
      { write: (line: string) => this.complaints.push(line) },
    );
    const server = new ChatServer({ name, ...chosen }, stores, this.hasher, log, metrics);
    this.stores.push(stores);
    this.servers.push(server);
    await server.start();
  }

  async #openStores(): Promise<Stores> {
    const stores = openMemory({ log: this.log });
    const seals = true;
    return this.#master ? sealStores(stores, { master: this.#master, seals }) : stores;
  }

  server(number: number): ChatServer {
    return defined(this.servers[number]);
  }

  store(number: number): FaultyStores {
    return defined(this.stores[number]);
  }

  /** A client that has been greeted. */
  async client(
    server: number,
    { address, framed = true }: ClientOptions = {},
  ): Promise<ChatClient> {
    const [here, there] = duplexPair();
    const from = address ?? `10.0.0.${++this.#clients}`;
    const link = new LineLink(there, from, this.server(server).accept);
    void link;
    const client = new ChatClient(here, { framed });
    await client.reads(greeting);
    return client;
  }

  /** A client that has logged in; without a password given it is a demonstration account. */
  async login(user: string, server: number, options: ClientOptions = {}): Promise<ChatClient> {
    const client = await this.client(server, options);
    client.send(`LOGIN ${user} ${passwordOf(user)}`);
    await client.reads(`SUCCESS: Welcome ${user}. You are in lobby.`);
    // With several partitions the lobby's comes after the session's.
    await client.isServed();
    return client;
  }

  /** A client that has logged in and gone to a room. */
  async join(user: string, server: number, room: string): Promise<ChatClient> {
    const client = await this.login(user, server);
    client.send(`/join ${room}`);
    await client.seesMatching(/^SUCCESS: Joined /);
    return client;
  }

  /** Everything appended has been folded by every server, or by every one but this. */
  async settled(but?: number): Promise<void> {
    const isThere = (server: ChatServer, number: number): boolean =>
      number === but ||
      this.log.partitions.every(
        ({ head }, partition) => server.follower.positions[partition] === head,
      );
    await this.until(() => this.servers.every(isThere), 'the servers to fold the log');
  }

  /** A condition comes to hold that nobody is told of. */
  async until(condition: () => boolean, what: string): Promise<void> {
    await until(condition, { what, withinMs: 5_000 });
  }

  /** The records of a type, or all, partition by partition. */
  records(type?: EventType): readonly Recorded[] {
    const all = this.log.partitions.flatMap((partition) => partition.read(1, Infinity));
    return type === undefined ? all : all.filter(({ event }) => event.type === type);
  }

  /** Lets so much time pass for leases and records, in milliseconds. */
  passTime(ms: number): void {
    this.#now += ms;
  }

  checkComplaints(): void {
    if (this.complaints.length > 0) throw new Error(this.complaints.join(''));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stores of this.stores) {
      stores.deliver();
      stores.mend();
    }
    await Promise.all(this.servers.map((server) => server.stop()));
    await Promise.all(this.stores.map((stores) => stores.close()));
  }
}

export const passwordOf = (user: string): string =>
  demoAccounts.find((account) => account.user === user)?.password ?? 'password123';

function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('there is no such server');
  return value;
}
