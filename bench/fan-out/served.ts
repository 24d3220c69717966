import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { startChatProcess } from '../../test/support/chat-process.ts';
import { startRedis } from '../../test/support/redis-process.ts';

/** What serves the clients of a load. */
export interface Served {
  readonly ports: readonly number[];
  readonly caFile: string;
  /** Whether its clients log in and join, as those of the chat do. */
  readonly logsIn: boolean;
  /** The processes whose time counts. */
  readonly pids: readonly number[];
}

export interface ChatSettings {
  /** Whether texts are sealed. */
  readonly seal: 'on' | 'off';
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
}

const floorProgram = fileURLToPath(new URL('./floor-server.js', import.meta.url));

/** One process, each line to every other client; a room of its own for each group of clients. */
export async function onFloor<T>(use: (floor: Served) => Promise<T>): Promise<T> {
  return await inFolder(async (folder) => {
    await loadOrMakeCertificates({ dir: folder });
    const certificate = [join(folder, 'server.crt'), join(folder, 'server.key')];
    const server = spawn(process.execPath, [floorProgram, ...certificate], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const ports = [await portOf(server)];
      const pids = [server.pid ?? 0];
      return await use({ ports, caFile: join(folder, 'ca.crt'), logsIn: false, pids });
    } finally {
      server.kill();
    }
  });
}

/** Two chat servers, each a process, on a Redis that syncs each second. */
export async function onChat<T>(
  { seal, node = [] }: ChatSettings,
  use: (chat: Served) => Promise<T>,
): Promise<T> {
  return await inFolder(async (folder) => {
    const masterKey = join(folder, 'master.key');
    writeFileSync(masterKey, randomBytes(32).toString('base64'), { mode: 0o600 });
    const args = seal === 'on' ? ['--master-key-file', masterKey] : ['--seal', 'off'];
    await using redis = await startRedis({ appendfsync: 'everysec' });
    const limits = { registration: 'open', messagesPerSecond: 100_000 } as const;
    const shared = { redis: redis.url, demo: false, node, args, ...limits };
    await using first = await startChatProcess(shared);
    await using second = await startChatProcess({ ...shared, certs: first.certs });
    const ports = [...first.ports, ...second.ports];
    const pids = [first.pid, second.pid, redis.pid];
    const result = await use({ ports, caFile: first.ca, logsIn: true, pids });
    // A profile is written when its process ends by itself.
    await Promise.all([first.stop(), second.stop()]);
    return result;
  });
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function portOf(server: ChildProcess): Promise<number> {
  if (server.stdout === null) throw new Error('The floor has no output.');
  for await (const line of createInterface({ input: server.stdout })) return Number(line);
  throw new Error(`The floor ended early (exit code ${server.exitCode}).`);
}
