/**
 * Fan-out: what a delivery costs two chat servers and Redis together, beside what TLS to each
 * client costs at the least (`fan-out/floor-server.ts`), in one run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

import { Command, InvalidArgumentError } from 'commander';

import { startChatProcess } from '../test/support/chat-process.ts';
import { startRedis } from '../test/support/redis-process.ts';
import { busyMicros, type CpuProfile } from './fan-out/cpu-profile.ts';
import { type Measured, runLoad } from './fan-out/load-client.ts';
import { machine } from './machine.ts';

interface Workload {
  readonly clients: number;
  readonly rooms: number;
  readonly messagesPerSecond: number;
}

const workloads: readonly Workload[] = [
  { clients: 100, rooms: 1, messagesPerSecond: 200 },
  { clients: 100, rooms: 1, messagesPerSecond: 800 },
  { clients: 1_000, rooms: 10, messagesPerSecond: 400 },
];

const messageBytes = 64;
/** Until the code is compiled and the caches are warm. */
const warmUpSeconds = 8;

const options = new Command('npm run bench fan-out --')
  .description('What a delivery costs, beside the least that TLS to each client costs.')
  .option('--seconds <n>', 'how long to measure each', wholeNumber(1, 3_600), 20)
  .option('--workload <n>', 'only this one', wholeNumber(1, workloads.length))
  .option('--profile', 'measure once more, and tell what the servers are busy with')
  .parse()
  .opts<{ seconds: number; workload?: number; profile?: boolean }>();
const { seconds } = options;
const chosen = workloads.filter(
  (_, index) => options.workload === undefined || index + 1 === options.workload,
);

console.log(`${machine()}; load generator on the same machine; ${messageBytes}-byte messages\n`);
const rows: string[][] = [
  ['clients / rooms / msg/s', 'what', 'CPU µs a delivery', 'p50 ms', 'p99 ms', 'delivered', 'RSS'],
];
for (const workload of chosen) {
  const floor = await measureFloor(workload);
  const chat = await measureChat(workload);
  rows.push(row(workload, 'floor', floor), row(workload, 'SecureChat', chat));
  const ratio = sum(chat.cpuMicros) / sum(floor.cpuMicros);
  const [one = 0, two = 0, redis = 0] = chat.cpuMicros;
  const shares = `servers ${one.toFixed(1)} + ${two.toFixed(1)}, Redis ${redis.toFixed(1)}`;
  rows.push(['', 'ratio', `${ratio.toFixed(2)} (${shares})`, '', '', '', '']);
  if (options.profile === true) {
    rows.push(['', 'servers', await profileOfServers(workload), '', '', '', '']);
  }
}
print(rows);

function wholeNumber(min: number, max: number): (typed: string) => number {
  return (typed) => {
    const number = Number(typed);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It should be a whole number from ${min} to ${max}.`);
  };
}

/** One process, each line to every other client; a room of its own for each group of clients. */
async function measureFloor(workload: Workload): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-bench-'));
  const { loadOrMakeCertificates } = await import('../adapters/tls/certificates.ts');
  await loadOrMakeCertificates({ dir: folder });
  const program = fileURLToPath(new URL('./fan-out/floor-server.js', import.meta.url));
  const certificate = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const server = spawn(process.execPath, [program, ...certificate], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port = ''] = await take(createInterface({ input: server.stdout }), 1);
    const load = { caFile: join(folder, 'ca.crt'), ports: [Number(port)], logsIn: false };
    return await warmThenMeasure({ ...workload, ...load }, [server.pid ?? 0]);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

async function measureChat(workload: Workload, node: readonly string[] = []): Promise<Measured> {
  await using redis = await startRedis({ appendfsync: 'everysec' });
  const limits = { registration: 'open', messagesPerSecond: 100_000 } as const;
  const shared = { redis: redis.url, demo: false, node, ...limits };
  await using first = await startChatProcess(shared);
  await using second = await startChatProcess({ ...shared, certs: first.certs });
  const ports = [...first.ports, ...second.ports];
  const load = { caFile: first.ca, ports, logsIn: true };
  const pids = [first.pid, second.pid, redis.pid];
  const measured = await warmThenMeasure({ ...workload, ...load }, pids);
  // A profile is written when its process ends by itself.
  await Promise.all([first.stop(), second.stop()]);
  return measured;
}

/** Of both servers together, start and warm-up included; a run of its own, for profiling costs time. */
async function profileOfServers(workload: Workload): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-profile-'));
  try {
    await measureChat(workload, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    const busy = new Map<string, number>();
    for (const name of readdirSync(folder)) {
      const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
      for (const [group, micros] of busyMicros(profile))
        busy.set(group, (busy.get(group) ?? 0) + micros);
    }
    const total = sum([...busy.values()]);
    return [...busy]
      .toSorted(([, one], [, other]) => other - one)
      .map(([group, micros]) => `${group} ${Math.round((100 * micros) / total)} %`)
      .join(', ');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function warmThenMeasure(
  load: Workload & { caFile: string; ports: readonly number[]; logsIn: boolean },
  pids: readonly number[],
): Promise<Measured> {
  await runLoad({ ...load, messageBytes, seconds: warmUpSeconds }, pids);
  return await runLoad({ ...load, messageBytes, seconds }, pids);
}

function row({ clients, rooms, messagesPerSecond }: Workload, what: string, m: Measured): string[] {
  return [
    `${clients} / ${rooms} / ${messagesPerSecond}`,
    what,
    sum(m.cpuMicros).toFixed(1),
    m.p50Ms.toFixed(1),
    m.p99Ms.toFixed(1),
    `${m.delivered}/${m.expected}`,
    m.rssKib.map((kib) => `${Math.round(kib / 1024)} MiB`).join(' + '),
  ];
}

async function take(lines: AsyncIterable<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const line of lines) if (taken.push(line) === count) break;
  return taken;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function print(table: readonly string[][]): void {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  for (const cells of table)
    console.log(cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}
