/**
 * Fan-out: what a delivery costs two chat servers and Redis together, beside what TLS to each
 * client costs at the least (`fan-out/floor-server.ts`). Both stand side by side and are measured in
 * turn, for what else the machine does changes from one half minute to the next; the ratio is the
 * median of the turns. With `--seal both` a second pair of servers, which do not seal, stands beside
 * the first: what sealing costs.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command, InvalidArgumentError, Option } from 'commander';

import { busyMicros, type CpuProfile } from './fan-out/cpu-profile.ts';
import { LoadClients, type Measured } from './fan-out/load-client.ts';
import { type ChatSettings, onChat, onFloor, type Served } from './fan-out/served.ts';
import { machine } from './machine.ts';

interface Workload {
  readonly clients: number;
  readonly rooms: number;
  readonly messagesPerSecond: number;
}

/** What was measured in one turn. */
interface Turn {
  readonly floor: Measured;
  readonly chat: Measured;
  /** Servers that do not seal, where they are measured beside those that do. */
  readonly unsealed?: Measured;
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
  .option('--seconds <n>', 'how long to measure each in one turn', wholeNumber(1, 3_600), 5)
  .option('--turns <n>', 'how often to measure each', wholeNumber(1, 1_000), 7)
  .option('--workload <n>', 'only this one', wholeNumber(1, workloads.length))
  .addOption(
    new Option('--seal <how>', 'seal texts, do not, or compare the two')
      .choices(['on', 'off', 'both'])
      .default('on'),
  )
  .option('--profile', 'measure once more, and tell what the servers are busy with')
  .parse()
  .opts<{
    seconds: number;
    turns: number;
    workload?: number;
    seal: ChatSettings['seal'] | 'both';
    profile?: boolean;
  }>();
const { seconds } = options;
const seal = options.seal === 'off' ? 'off' : 'on';
const chosen = workloads.filter(
  (_, index) => options.workload === undefined || index + 1 === options.workload,
);

console.log(
  `${machine()}; load generator on the same machine; ${messageBytes}-byte messages; seal ${options.seal}\n`,
);
const rows: string[][] = [
  ['clients / rooms / msg/s', 'what', 'CPU µs a delivery', 'p50 ms', 'p99 ms', 'delivered', 'RSS'],
];
for (const workload of chosen) {
  const turns = await measure(workload);
  rows.push(
    row(
      workload,
      'floor',
      turns.map(({ floor }) => floor),
    ),
  );
  rows.push(
    row(
      workload,
      'SecureChat',
      turns.map(({ chat }) => chat),
    ),
  );
  rows.push(['', 'ratio', ratio(turns), '', '', '', '']);
  const compared = turns.flatMap(({ chat, unsealed }) => (unsealed ? [{ chat, unsealed }] : []));
  if (compared.length > 0) {
    rows.push(
      row(
        workload,
        'unsealed',
        compared.map(({ unsealed }) => unsealed),
      ),
    );
    const [least, middle, most] = spread(
      compared.map(({ chat, unsealed }) => sum(chat.cpuMicros) / sum(unsealed.cpuMicros)),
    );
    rows.push(['', 'sealed to unsealed', `${middle} (${least} to ${most})`, '', '', '', '']);
  }
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

async function measure(workload: Workload): Promise<readonly Turn[]> {
  return await onFloor((floor) =>
    onChat({ seal }, (chat) =>
      options.seal === 'both'
        ? onChat({ seal: 'off' }, (unsealed) => takeTurns(workload, floor, chat, unsealed))
        : takeTurns(workload, floor, chat),
    ),
  );
}

async function takeTurns(
  workload: Workload,
  floor: Served,
  chat: Served,
  unsealed?: Served,
): Promise<readonly Turn[]> {
  using onTheFloor = await connectAndWarm(workload, floor);
  using inTheChat = await connectAndWarm(workload, chat);
  using inTheOther = unsealed && (await connectAndWarm(workload, unsealed));
  const turns: Turn[] = [];
  while (turns.length < options.turns) {
    turns.push({
      floor: await onTheFloor.talk(seconds, floor.pids),
      chat: await inTheChat.talk(seconds, chat.pids),
      ...(inTheOther && { unsealed: await inTheOther.talk(seconds, unsealed?.pids ?? []) }),
    });
  }
  return turns;
}

async function connectAndWarm(workload: Workload, { pids, ...served }: Served) {
  const clients = await LoadClients.connect({ ...workload, ...served, messageBytes });
  await clients.talk(warmUpSeconds, pids);
  return clients;
}

/** Of both servers together, start and warm-up included; a run of its own, for profiling costs time. */
async function profileOfServers(workload: Workload): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-profile-'));
  try {
    const node = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
    await onChat({ seal, node }, async (chat) => {
      using clients = await connectAndWarm(workload, chat);
      await clients.talk(seconds * options.turns, chat.pids);
    });
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

/** `1.15 (1.07 to 1.31; servers 9.1 + 9.2, Redis 2.9)`: the median turn, between the best and the worst. */
function ratio(turns: readonly Turn[]): string {
  const [least, middle, most] = spread(
    turns.map(({ floor, chat }) => sum(chat.cpuMicros) / sum(floor.cpuMicros)),
  );
  const [one = 0, two = 0, redis = 0] = [0, 1, 2].map((process) =>
    median(turns.map(({ chat }) => chat.cpuMicros[process] ?? 0)),
  );
  const shares = `servers ${one.toFixed(1)} + ${two.toFixed(1)}, Redis ${redis.toFixed(1)}`;
  return `${middle} (${least} to ${most}; ${shares})`;
}

/** The least, the median and the most. */
function spread(ratios: readonly number[]): readonly string[] {
  return [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((one) => one.toFixed(2));
}

function row(
  { clients, rooms, messagesPerSecond }: Workload,
  what: string,
  turns: readonly Measured[],
): string[] {
  const rssKib = turns.at(-1)?.rssKib ?? [];
  return [
    `${clients} / ${rooms} / ${messagesPerSecond}`,
    what,
    median(turns.map(({ cpuMicros }) => sum(cpuMicros))).toFixed(1),
    median(turns.map(({ p50Ms }) => p50Ms)).toFixed(1),
    median(turns.map(({ p99Ms }) => p99Ms)).toFixed(1),
    `${sum(turns.map(({ delivered }) => delivered))}/${sum(turns.map(({ expected }) => expected))}`,
    rssKib.map((kib) => `${Math.round(kib / 1024)} MiB`).join(' + '),
  ];
}

/** The higher of the middle two of an even number. */
function median(numbers: readonly number[]): number {
  return (
    numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
  );
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
