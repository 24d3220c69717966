import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { processUse } from '../process-cpu.ts';
import type { Load, LoadResult } from './load.ts';

/** What one run of the load cost the processes that served it. */
export interface Measured extends LoadResult {
  /** CPU time of each process for each delivery, in microseconds, in the order of the pids. */
  readonly cpuMicros: readonly number[];
  /** Memory of each process while all clients are connected, in KiB. */
  readonly rssKib: readonly number[];
}

const program = fileURLToPath(new URL('./load.js', import.meta.url));

/** Runs a load from a process of its own, and measures the processes `pids` meanwhile. */
export async function runLoad(load: Load, pids: readonly number[]): Promise<Measured> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.write(`${JSON.stringify(load)}\n`);
    await next(lines, child);
    const before = pids.map(processUse);
    child.stdin.write('go\n');
    const result = JSON.parse(await next(lines, child)) as LoadResult;
    const after = pids.map(processUse);
    const cpuMicros = after.map(({ cpuSeconds }, index) => {
      const used = cpuSeconds - (before[index]?.cpuSeconds ?? 0);
      return (used * 1e6) / result.delivered;
    });
    return { ...result, cpuMicros, rssKib: after.map(({ rssKib }) => rssKib) };
  } finally {
    child.kill();
  }
}

async function next(
  lines: AsyncIterator<string, undefined>,
  child: ChildProcessByStdio<Writable, Readable, null>,
): Promise<string> {
  const { value } = await lines.next();
  if (value === undefined) throw new Error(`The load ended early (exit code ${child.exitCode}).`);
  return value;
}
