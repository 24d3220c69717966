import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRun } from '../../checker/checker.ts';
import { dumpRedis, type RawRecord, writeDump } from '../../checker/log-dump.ts';
import type { Report } from '../../checker/report.ts';
import { ClientsProcess } from './clients-process.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { Tally } from './plan.ts';
import { Random } from './random.ts';

const rooms = ['lobby', 'attic', 'cellar', 'garden', 'kitchen', 'Werkstatt', 'τέχνη', 'x'];
/** Messages a second: what a machine does that is busy with other things. */
const paceMin = 100;

export interface RunOptions {
  readonly seed: number;
  /** So many have to be answered STORED, at least. */
  readonly messages: number;
  readonly clients?: number;
  /** Of all clients together, in calm. */
  readonly messagesPerSecond: number;
  readonly way?: Parameters<typeof startCluster>[0];
  /** Makes the faults while the clients talk; the run goes on until they are over. */
  readonly faults: (run: RunUnderFaults) => Promise<void>;
}

/** A run that is on its way. */
export interface RunUnderFaults {
  readonly cluster: Cluster;
  readonly clients: ClientsProcess;
  readonly random: Random;
  /** Waits until this part of the messages, from 0 to 1, was answered STORED. */
  readonly progress: (part: number) => Promise<void>;
  /** Says what was done and seen, for whoever reads the test's output. */
  readonly note: (what: string) => void;
  /** The same, of something that must not be. */
  readonly odd: (what: string) => void;
}

/** What a run came to. */
export interface RunResult {
  readonly report: Report;
  readonly records: readonly RawRecord[];
  readonly tally: Tally;
  /** What clients, or whoever made the faults, saw that must not be. */
  readonly oddities: readonly string[];
  /** What servers logged as errors. */
  readonly complaints: readonly string[];
  /** How the servers ended when they were asked to stop. */
  readonly exitCodes: readonly (number | null)[];
  readonly notes: readonly string[];
  /** While the clients talked. */
  readonly talkedMs: number;
  readonly checkedMs: number;
}

/** Lets clients talk over two servers while faults are made, and judges what they recorded. */
export async function runUnderFaults(options: RunOptions): Promise<RunResult> {
  const { seed, messages, messagesPerSecond, clients: howMany = 50, way } = options;
  const random = new Random(seed);
  const dir = historiesFolder(seed);
  const notes: string[] = [];
  const seen: string[] = [];
  try {
    await using cluster = await startCluster(way);
    await using clients = new ClientsProcess({
      seed: random.below(2 ** 32),
      clients: howMany,
      ports: cluster.servers.map(({ port }) => port),
      ca: cluster.servers[0].process.ca,
      dir: dir.path,
      rooms,
      messagesPerSecond,
    });
    await clients.ready();
    const startedAt = performance.now();
    const withinMs = 30_000 + (messages / paceMin) * 1_000;
    const progress = (part: number) => clients.haveStored(part * messages, withinMs);
    const note = (what: string): void => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      notes.push(`${seconds} s, ${clients.stored()} stored: ${what}`);
    };
    const odd = (what: string): void => {
      note(what);
      seen.push(what);
    };
    await options.faults({ cluster, clients, random, progress, note, odd });
    await progress(1);
    const histories = await clients.finish();
    const talkedMs = performance.now() - startedAt;
    const { tally, oddities, errors } = clients;
    if (tally === undefined) throw new Error('the clients told nothing');
    const ends = await Promise.all(cluster.servers.map((server) => server.process.stop()));
    const records: RawRecord[] = [];
    for await (const record of dumpRedis(cluster.redis.url)) records.push(record);
    if (dir.isKept) {
      await writeDump(join(dir.path, 'log.ndjson'), records);
      for (const { name, log } of cluster.servers)
        writeFileSync(join(dir.path, `server-${name}.log`), log);
    }
    const report = await checkRun({ log: records, histories });
    return {
      report,
      records,
      tally,
      oddities: [...seen, ...oddities],
      complaints: cluster.servers.flatMap(({ complaints }) => complaints),
      exitCodes: ends.map(({ code }) => code),
      notes: [...notes, ...Object.entries(errors).map(([what, times]) => `${times} × ${what}`)],
      talkedMs,
      checkedMs: performance.now() - startedAt - talkedMs,
    };
  } finally {
    if (!dir.isKept) rmSync(dir.path, { recursive: true, force: true });
  }
}

/** Kept, with the log, in the folder that SECURECHAT_TEST_KEEP names. */
function historiesFolder(seed: number): { readonly path: string; readonly isKept: boolean } {
  const kept = process.env['SECURECHAT_TEST_KEEP'];
  if (kept === undefined) {
    return { path: mkdtempSync(join(tmpdir(), 'securechat-under-faults-')), isKept: false };
  }
  const path = join(kept, String(seed));
  mkdirSync(path, { recursive: true });
  return { path, isKept: true };
}
