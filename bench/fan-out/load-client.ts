import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { processUse } from '../process-cpu.ts';
import type { Load, LoadResult } from './load.ts';

/** What some seconds of the load cost the processes that served it. */
export interface Measured extends LoadResult {
  /** CPU time of each process for each delivery, in microseconds, in the order of the pids. */
  readonly cpuMicros: readonly number[];
  /** Memory of each process while all clients are connected, in KiB. */
  readonly rssKib: readonly number[];
}

const program = fileURLToPath(new URL('./load.js', import.meta.url));

/** A process of clients that are connected, and silent until they are told to talk. */
export class LoadClients implements Disposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string, undefined>;

  private constructor() {
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error when they cannot all connect */
  static async connect(load: Load): Promise<LoadClients> {
    const clients = new LoadClients();
    try {
      await clients.#ask(JSON.stringify(load));
      return clients;
    } catch (error) {
      clients[Symbol.dispose]();
      throw error;
    }
  }

  /** Has them talk for some seconds, and measures the processes `pids` meanwhile. */
  async talk(seconds: number, pids: readonly number[]): Promise<Measured> {
    const before = pids.map(processUse);
    const result = JSON.parse(await this.#ask(String(seconds))) as LoadResult;
    const after = pids.map(processUse);
    const cpuMicros = after.map(({ cpuSeconds }, index) => {
      const used = cpuSeconds - (before[index]?.cpuSeconds ?? 0);
      return (used * 1e6) / result.delivered;
    });
    return { ...result, cpuMicros, rssKib: after.map(({ rssKib }) => rssKib) };
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const { value } = await this.#lines.next();
    if (value !== undefined) return value;
    throw new Error(`The load ended early (exit code ${this.#child.exitCode}).`);
  }
}
