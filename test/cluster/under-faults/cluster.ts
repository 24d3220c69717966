import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { type Dump, dumpRedis, type RawRecord } from '../../checker/log-dump.ts';
import { TextKeys } from '../../checker/text-keys.ts';
import { runCli } from '../../cli/cli-process.ts';
import {
  type ChatProcess,
  type ChatProcessOptions,
  startChatProcess,
} from '../../support/chat-process.ts';
import { type RedisProcess, startRedis } from '../../support/redis-process.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

/** More than the clients ever say: the limit is tested elsewhere. */
const messagesPerSecond = 100_000;
const recordsAtOnce = 1_000;
const errorLevel = 50;

/** Two chat servers over one log. */
export interface Cluster extends AsyncDisposable {
  readonly processes: readonly ServerProcess[];
  /** The whole log; after the processes have stopped. */
  dump(): Dump;
}

/** Each server in a process of its own, over a Redis that writes to the disk before it answers. */
export interface RedisCluster extends Cluster {
  readonly redis: RedisProcess;
  /** Between each process and Redis, where asked for. */
  readonly networks: readonly TcpProxy[];
}

export interface RedisClusterOptions {
  readonly partitions?: number;
  readonly networks?: boolean;
}

/** `securechat serve`, with what it logged over all its lives. */
export class ServerProcess {
  readonly name: string;
  readonly process: ChatProcess;
  #earlierLog = '';

  constructor(name: string, process: ChatProcess) {
    this.name = name;
    this.process = process;
  }

  async kill9(): Promise<void> {
    await this.process.kill9();
    this.#earlierLog = this.log;
  }

  async restart(): Promise<void> {
    await this.process.restart();
  }

  get log(): string {
    return this.#earlierLog + this.process.output.stderr;
  }

  /** What it logged as an error or worse. */
  get complaints(): readonly string[] {
    return this.log.split('\n').filter(isComplaint);
  }
}

/** @throws what kept one of them from starting; the others are ended */
export async function startOnRedis({
  partitions = 1,
  networks: hasNetworks = false,
}: RedisClusterOptions = {}): Promise<RedisCluster> {
  const redis = await startRedis({ appendfsync: 'always' });
  const folder = mkdtempSync(join(tmpdir(), 'securechat-keys-'));
  const removeFolder = async (): Promise<void> => rmSync(folder, { recursive: true });
  const masterFile = join(folder, 'master.key');
  writeFileSync(masterFile, randomBytes(32).toString('base64'), { mode: 0o600 });
  const keyArgs = ['--master-key-file', masterFile];
  const started: AsyncDisposable[] = [{ [Symbol.asyncDispose]: removeFolder }, redis];
  const processes: ServerProcess[] = [];
  const networks: TcpProxy[] = [];
  const startServer = async (name: string): Promise<void> => {
    let { port } = redis;
    if (hasNetworks) {
      const network = await startTcpProxy(port);
      started.push(network);
      networks.push(network);
      port = network.port;
    }
    const certs = processes[0]?.process.certs;
    const shared = certs === undefined ? {} : { certs };
    const options = {
      redis: `redis://127.0.0.1:${port}`,
      name,
      partitions,
      args: keyArgs,
      ...shared,
    };
    const process = await start(options);
    started.push(process);
    processes.push(new ServerProcess(name, process));
  };
  try {
    for (const name of ['one', 'two']) await startServer(name);
  } catch (error) {
    await endAll(started);
    throw error;
  }
  const where = ['--redis', redis.url, ...keyArgs];
  const dump = (): Dump => opened(dumpRedis(redis.url), { folder, where, masterFile });
  return { redis, processes, networks, dump, [Symbol.asyncDispose]: () => endAll(started) };
}

/** Both servers in one process, over an embedded store. */
export async function startOnDisk(): Promise<Cluster> {
  const data = mkdtempSync(join(tmpdir(), 'securechat-data-'));
  const removeData = (): void => rmSync(data, { recursive: true, force: true });
  try {
    const process = await start({ data, servers: 2 });
    const end = (): Promise<void> => endAll([process]).finally(removeData);
    const processes = [new ServerProcess('both', process)];
    const keys = { folder: data, where: ['--data', data], masterFile: join(data, 'master.key') };
    const dump = (): Dump => opened(dumpFolder(data), keys);
    return { processes, dump, [Symbol.asyncDispose]: end };
  } catch (error) {
    removeData();
    throw error;
  }
}

function start(options: ChatProcessOptions): Promise<ChatProcess> {
  return startChatProcess({ ...options, demo: false, registration: 'open', messagesPerSecond });
}

async function endAll(started: readonly AsyncDisposable[]): Promise<void> {
  for (const one of started.toReversed()) await one[Symbol.asyncDispose]();
}

/** The log with what is sealed opened, by code that the servers do not have. */
async function* opened(
  dump: AsyncIterable<RawRecord>,
  { folder, where, masterFile }: { folder: string; where: readonly string[]; masterFile: string },
): AsyncGenerator<RawRecord> {
  const file = join(folder, 'keys.json');
  const written = await runCli(['audit', 'keys', '--out', file, '--overwrite', ...where], {
    cwd: folder,
  });
  if (written.code !== 0) throw new Error(`the keys could not be had: ${written.stderr}`);
  const keys = new TextKeys(readFileSync(file, 'utf8'), readFileSync(masterFile, 'utf8'));
  for await (const raw of dump) yield keys.open(raw);
}

/** By the store itself, which hands its records on as it keeps them. */
async function* dumpFolder(dir: string): AsyncGenerator<RawRecord> {
  const stores = await openLmdb({ dir });
  try {
    for (let from = 1; ; from += recordsAtOnce) {
      const page = await stores.events.readStored(0, from, recordsAtOnce);
      for (const { meta, ...record } of page)
        yield { ...record, meta: Buffer.from(meta).toString() };
      if (page.length < recordsAtOnce) return;
    }
  } finally {
    await stores.close();
  }
}

function isComplaint(line: string): boolean {
  const [, level] = /^\{"level":(\d+),/.exec(line) ?? [];
  return level === undefined ? line.trim() !== '' : Number(level) >= errorLevel;
}
