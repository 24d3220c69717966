// Runs the command line in this process, and tells at its end what that took: a line of JSON on
// standard error.
import { readFileSync } from 'node:fs';

import { run } from '../../cli/program.ts';

/** What a run took. */
export interface Taken {
  readonly ms: number;
  /** What the processors of this machine worked for it, in this process. */
  readonly cpuMs: number;
  /** The most memory of its own that the process was seen to hold… */
  readonly ownBytes: number;
  /** …and with the pages of files that are mapped into it, which the system takes back at will. */
  readonly rssBytes: number;
}

const lookEveryMs = 20;
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
let ownBytes = 0;
const looking = setInterval(look, lookEveryMs);
await run(process.argv);
look();
clearInterval(looking);
const { user, system } = process.cpuUsage(cpuBefore);
const taken: Taken = {
  ms: performance.now() - startedAt,
  cpuMs: (user + system) / 1_000,
  ownBytes,
  rssBytes: process.resourceUsage().maxRSS * 1_024,
};
process.stderr.write(`${JSON.stringify(taken)}\n`);

/** Elsewhere than on Linux nobody tells the two apart. */
function look(): void {
  ownBytes = Math.max(
    ownBytes,
    process.platform === 'linux' ? anonymousBytes() : process.memoryUsage.rss(),
  );
}

function anonymousBytes(): number {
  const [, kilobytes = '0'] =
    /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}
