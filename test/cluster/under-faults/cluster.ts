import { type ChatProcess, startChatProcess } from '../../support/chat-process.ts';
import { type RedisProcess, startRedis } from '../../support/redis-process.ts';

/** More than the clients ever say: the limit is tested elsewhere. */
const messagesPerSecond = 100_000;

/** Two chat servers over one Redis that writes everything to the disk before it answers. */
export interface Cluster extends AsyncDisposable {
  readonly redis: RedisProcess;
  readonly servers: readonly [ServerUnderFaults, ServerUnderFaults];
}

/** A chat server, with what it complained of over all its lives. */
export class ServerUnderFaults {
  readonly name: string;
  readonly process: ChatProcess;
  #earlierLog = '';

  constructor(name: string, process: ChatProcess) {
    this.name = name;
    this.process = process;
  }

  get port(): number {
    return this.process.ports[0] ?? 0;
  }

  async kill9(): Promise<void> {
    await this.process.kill9();
    this.#earlierLog = this.log;
  }

  async restart(): Promise<void> {
    await this.process.restart();
  }

  /** Of all its lives. */
  get log(): string {
    return this.#earlierLog + this.process.output.stderr;
  }

  /** What it logged as an error or worse. */
  get complaints(): readonly string[] {
    return this.log.split('\n').filter(isComplaint);
  }
}

/** @param way the port by which each server reaches Redis: Redis's own unless given */
export async function startCluster(
  way: (redis: RedisProcess, server: number) => Promise<number> = async ({ port }) => port,
): Promise<Cluster> {
  const redis = await startRedis({ appendfsync: 'always' });
  const started: ChatProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started) await server[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  };
  const start = async (name: string, number: number): Promise<ServerUnderFaults> => {
    const certs = started[0]?.certs;
    const process = await startChatProcess({
      redis: `redis://127.0.0.1:${await way(redis, number)}`,
      name,
      demo: false,
      registration: 'open',
      messagesPerSecond,
      ...(certs === undefined ? {} : { certs }),
    });
    started.push(process);
    return new ServerUnderFaults(name, process);
  };
  try {
    const servers = [await start('one', 0), await start('two', 1)] as const;
    return { redis, servers, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const errorLevel = 50;

function isComplaint(line: string): boolean {
  const [, level] = /^\{"level":(\d+),/.exec(line) ?? [];
  return level === undefined ? line.trim() !== '' : Number(level) >= errorLevel;
}
