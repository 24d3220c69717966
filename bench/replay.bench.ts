// How fast a log is replayed, out of each store and out of a file, and in how much memory. Each
// figure is of a process of its own, from the call of the command to its end: by the clock, and by
// the time that the processors worked for it, which other programs do not disturb.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';

import { openLmdb } from '../adapters/lmdb/event-store.ts';
import { openRedis } from '../adapters/redis/event-store.ts';
import { startRedis } from '../test/support/redis-process.ts';
import { machine } from './machine.ts';
import { fill } from './replay/history.ts';
import type { Taken } from './replay/measured.ts';

const measured = fileURLToPath(new URL('./replay/measured.js', import.meta.url));

const options = new Command('npm run bench replay --')
  .description('How many events a second replay reads, and in how much memory.')
  .option('--events <n>', 'how many events the log has', '1000000')
  .parse()
  .opts<{ events: string }>();
const events = Number(options.events);

/** What is asked of each log, and what it is called in the table. */
const works: readonly (readonly [string, readonly string[]])[] = [
  ['the state at the end', ['--at', 'now', '--state', 'json']],
  ['one room, as text', ['--room', 'room-1']],
  ['everything, as text', []],
  ['everything, as NDJSON', ['--format', 'ndjson']],
];

const folder = mkdtempSync(join(tmpdir(), 'securechat-bench-'));
try {
  await run();
} finally {
  rmSync(folder, { recursive: true });
}

async function run(): Promise<void> {
  console.log(`${machine()}; ${events} events\n`);
  print(['log', 'work', 'events/s', 'per CPU s', 'MB', 'MB mapped']);
  const data = join(folder, 'data');
  const stores = await openLmdb({ dir: data });
  await fill(stores.events, events);
  await stores.close();
  const file = join(folder, 'log.ndjson');
  await replay(['--data', data, '--slice', '--out', file]);
  for (const [name, args] of works) await report('embedded', name, ['--data', data, ...args]);
  for (const [name, args] of works) await report('file', name, [file, ...args]);
  await using redis = await startRedis();
  const remote = await openRedis({ url: redis.url, acceptLoss: true });
  await fill(remote.events, events);
  await remote.close();
  for (const [name, args] of works) await report('Redis', name, ['--redis', redis.url, ...args]);
}

async function report(log: string, name: string, args: readonly string[]): Promise<void> {
  const { ms, cpuMs, ownBytes, rssBytes } = await replay(args);
  const rates = [ms, cpuMs].map((taken) => ((events / taken) * 1_000).toFixed(0));
  const sizes = [ownBytes, rssBytes].map((bytes) => (bytes / 1e6).toFixed(0));
  print([log, name, ...rates, ...sizes]);
}

async function replay(args: readonly string[]): Promise<Taken> {
  const child = spawn(process.execPath, [measured, 'replay', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`replay ${args.join(' ')} ended with ${code}: ${told}`);
  return JSON.parse(told.trimEnd().split('\n').at(-1) ?? '') as Taken;
}

function print([log = '', name = '', ...figures]: readonly string[]): void {
  const cells = figures.map((figure) => figure.padStart(12)).join('');
  console.log(log.padEnd(10) + name.padEnd(26) + cells);
}
