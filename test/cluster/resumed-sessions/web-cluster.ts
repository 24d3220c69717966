import { readFileSync } from 'node:fs';

import { startChatProcess } from '../../support/chat-process.ts';
import { freePort } from '../../support/free-port.ts';
import { type RedisProcess, startRedis } from '../../support/redis-process.ts';
import { ServerProcess } from '../under-faults/cluster.ts';

/** More than the clients ever say: the limit is tested elsewhere. */
const messagesPerSecond = 100_000;

/** Two chat servers on a Redis that writes to the disk before it answers, and their WebSockets. */
export interface WebCluster extends AsyncDisposable {
  readonly redis: RedisProcess;
  readonly processes: readonly ServerProcess[];
  readonly urls: readonly string[];
  /** The certificate to trust. */
  readonly ca: Buffer;
}

export async function startWebCluster(partitions = 1): Promise<WebCluster> {
  const redis = await startRedis({ appendfsync: 'always' });
  const processes: ServerProcess[] = [];
  const urls: string[] = [];
  const end = async (): Promise<void> => {
    // The first one's certificates are everybody's.
    for (const { process } of processes.toReversed()) await process[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  };
  try {
    for (const name of ['one', 'two']) {
      const webPort = await freePort();
      const certs = processes[0]?.process.certs;
      const process = await startChatProcess({
        redis: redis.url,
        name,
        demo: false,
        registration: 'open',
        messagesPerSecond,
        partitions,
        webPorts: [webPort],
        ...(certs !== undefined && { certs }),
      });
      processes.push(new ServerProcess(name, process));
      urls.push(`wss://127.0.0.1:${webPort}/ws`);
    }
  } catch (error) {
    await end();
    throw error;
  }
  const ca = readFileSync(processes[0]?.process.ca ?? '');
  return { redis, processes, urls, ca, [Symbol.asyncDispose]: end };
}
