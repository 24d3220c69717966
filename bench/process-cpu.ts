import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** What a process has used so far, as the operating system counts it. Linux only. */
export interface ProcessUse {
  /** User and system time, in seconds; it grows in steps of a hundredth. */
  readonly cpuSeconds: number;
  /** Memory that is in RAM, in KiB. */
  readonly rssKib: number;
}

export function processUse(pid: number): ProcessUse {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field, the name, may hold spaces; it ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: (userTicks + systemTicks) / ticksPerSecond, rssKib: Number(rss) };
}
