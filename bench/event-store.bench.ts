// What the event store on Redis costs. Without a URL it starts a Redis of its own, with appendfsync
// everysec. The Redis that is given is emptied (FLUSHALL), so it must be nobody's.
import { randomUUID } from 'node:crypto';

import { Command } from 'commander';
import { Redis } from 'ioredis';

import { encodeCommit } from '../adapters/redis/append-batch.ts';
import { openRedis } from '../adapters/redis/event-store.ts';
import type { Commit, Writer } from '../core/event-store.ts';
import type { Stores } from '../core/stores.ts';
import { startRedis } from '../test/support/redis-process.ts';
import { machine } from './machine.ts';

const text = 'x'.repeat(64);
const room = 'room:lobby';

const options = new Command('npm run bench event-store --')
  .description('What an append, a read and a second copy of the log cost on Redis.')
  .option('--redis <url>', 'a Redis that is nobody’s; by default one of its own is started')
  .option('--empty-it', 'everything in that Redis may be deleted')
  .parse()
  .opts<{ redis?: string; emptyIt?: boolean }>();
if (options.redis !== undefined && options.emptyIt !== true) {
  console.error('Everything in that Redis would be deleted. If that is meant, add --empty-it.');
  process.exit(2);
}
// A file that is rewritten meanwhile would tell nothing of what an event takes.
const args = ['--auto-aof-rewrite-percentage', '0'];
const own = options.redis === undefined ? await startRedis({ args }) : undefined;
const url = options.redis ?? own?.url ?? '';
const admin = new Redis(url, { protocol: 2 });
try {
  await run();
} finally {
  admin.disconnect();
  await own?.[Symbol.asyncDispose]();
}

async function run(): Promise<void> {
  const version = (await info()).get('redis_version');
  console.log(`${machine()}; Redis ${version}\n`);
  print(['work', 'events/s', 'Redis CPU µs', 'script µs', 'client CPU µs', 'p50 ms', 'p99 ms']);
  await appends('one at a time', 1, 20_000);
  await appends('10 at a time', 10, 100_000);
  await appends('100 at a time', 100, 300_000);
  await appends('512 at a time', 512, 300_000);
  await readings();
  await delivery();
}

/** Appends so many messages, each a commit of its own, `ways` of them under way at a time. */
async function appends(name: string, ways: number, howMany: number): Promise<void> {
  await fresh(async (stores) => {
    const writer = stores.events.writer('bench', 1);
    await talk(writer, ways, 2_000);
    const before = await measure();
    const times = await talk(writer, ways, howMany);
    const after = await measure();
    const each = (key: 'redisUs' | 'scriptUs' | 'clientUs'): string =>
      ((after[key] - before[key]) / howMany).toFixed(1);
    const rate = (howMany / (after.atMs - before.atMs)) * 1_000;
    const costs = [each('redisUs'), each('scriptUs'), each('clientUs')];
    print([`append, ${name}`, rate.toFixed(0), ...costs, ...percentiles(times)]);
    if (ways === 100) await bytesEach(howMany + 2_000);
  });
}

async function talk(writer: Writer, ways: number, howMany: number): Promise<readonly number[]> {
  const times: number[] = [];
  let begun = 0;
  const one = async (): Promise<void> => {
    while (begun < howMany) {
      begun += 1;
      const startedAt = performance.now();
      const { status } = await writer.append(message());
      if (status !== 'appended') throw new Error(`a commit was answered ${status}`);
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: ways }, one));
  return times;
}

async function bytesEach(events: number): Promise<void> {
  const state = await info();
  const log = Number(await admin.call('MEMORY', 'USAGE', 'sc:{0}:log', 'SAMPLES', '0'));
  const index = Number(
    await admin.call('MEMORY', 'USAGE', `sc:{0}:stream:${room}`, 'SAMPLES', '0'),
  );
  const file = Number(state.get('aof_current_size') ?? 0);
  const said = encodeCommit(message()).bytes;
  console.log(
    `  bytes for each event of ${said} B: log ${(log / events).toFixed(0)}, ` +
      `index ${(index / events).toFixed(0)}, append-only file ${(file / events).toFixed(0)}`,
  );
}

/** How quickly a log is read from its beginning. */
async function readings(): Promise<void> {
  await fresh(async (stores) => {
    const howMany = 100_000;
    await talk(stores.events.writer('bench', 1), 512, howMany);
    const work = {
      'read all': async () => stores.events.readAll(0, 1, howMany),
      'read a stream': async () => stores.events.readStream({ stream: room, limit: howMany }),
      'subscribe, from the beginning': async () => caughtUp(stores, howMany),
    };
    for (const [name, read] of Object.entries(work)) {
      const before = await measure();
      await read();
      const after = await measure();
      const each = (key: 'redisUs' | 'clientUs'): string =>
        ((after[key] - before[key]) / howMany).toFixed(1);
      const rate = (howMany / (after.atMs - before.atMs)) * 1_000;
      print([name, rate.toFixed(0), each('redisUs'), '', each('clientUs'), '', '']);
    }
  });
}

async function caughtUp({ events }: Stores, howMany: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let seen = 0;
    events.subscribe('bench:1', [{ partition: 0, position: 0 }], {
      onBatch: (batch) => {
        seen += batch.length;
        if (seen > howMany) resolve();
      },
      onRollback: () => reject(new Error('rolled back')),
      onFailure: reject,
    });
  });
}

/** From the call of an append to the record at a subscriber of another store. */
async function delivery(): Promise<void> {
  await fresh(async (stores) => {
    const other = await openRedis({ url, acceptLoss: true });
    const begun = new Map<string, (atMs: number) => void>();
    other.events.subscribe('bench:1', [{ partition: 0, position: 1 }], {
      onBatch: (batch) => {
        for (const { id } of batch) begun.get(id)?.(performance.now());
      },
      onRollback: () => undefined,
      onFailure: (error) => console.error(error),
    });
    const writer = stores.events.writer('bench', 1);
    const times: number[] = [];
    for (let said = 0; said < 3_000; said++) {
      const commit = message();
      const id = commit.parts[0]?.events[0]?.id ?? '';
      const startedAt = performance.now();
      const seen = new Promise<number>((resolve) => begun.set(id, resolve));
      await writer.append(commit);
      if (said >= 500) times.push((await seen) - startedAt);
    }
    await other.close();
    print(['append → read elsewhere', '', '', '', '', ...percentiles(times)]);
  });
}

/** Stores on an empty Redis, closed afterwards. */
async function fresh(use: (stores: Stores) => Promise<void>): Promise<void> {
  await admin.call('FLUSHALL');
  const stores = await openRedis({ url, acceptLoss: true });
  try {
    await use(stores);
  } finally {
    await stores.close();
  }
}

function message(): Commit {
  const actor = { user: 'alice', session: 's1', server: 'bench', incarnation: 1 };
  const data = { room: 'lobby', user: 'alice', session: 's1' };
  const event = { type: 'MessagePosted', data, text } as const;
  const events = [{ id: randomUUID(), cause: randomUUID(), actor, event }];
  return { parts: [{ stream: room, expected: 'any', events }] };
}

interface Measure {
  readonly atMs: number;
  readonly redisUs: number;
  /** In EVALSHA: what the script itself takes, without the network. */
  readonly scriptUs: number;
  readonly clientUs: number;
}

async function measure(): Promise<Measure> {
  const state = await info();
  const { user, system } = process.cpuUsage();
  const cpu = ['used_cpu_user_main_thread', 'used_cpu_sys_main_thread'];
  const redisUs = cpu.reduce((sum, name) => sum + Number(state.get(name) ?? 0) * 1e6, 0);
  const scriptUs = Number(/usec=(\d+)/.exec(state.get('cmdstat_evalsha') ?? '')?.[1] ?? 0);
  return { atMs: performance.now(), redisUs, scriptUs, clientUs: user + system };
}

async function info(): Promise<ReadonlyMap<string, string>> {
  const said = String(await admin.call('INFO', 'everything'));
  const lines = [...said.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name, value]));
}

function percentiles(times: readonly number[]): readonly string[] {
  const sorted = times.toSorted((one, other) => one - other);
  return [0.5, 0.99].map((part) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2));
}

function print([name = '', ...cells]: readonly string[]): void {
  console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(14)).join(''));
}
