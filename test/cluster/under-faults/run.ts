import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRun } from '../../checker/checker.ts';
import { type RawRecord, writeDump } from '../../checker/log-dump.ts';
import type { Report } from '../../checker/report.ts';
import { ClientsProcess } from './clients-process.ts';
import type { Cluster } from './cluster.ts';
import type { ClientsPlan, Tally } from './plan.ts';
import { Random } from './random.ts';

const busyPlan = {
  clients: 50,
  rooms: ['lobby', 'attic', 'cellar', 'garden', 'kitchen', 'Werkstatt', 'τέχνη', 'x'],
  /** What two cores carry beside other tests, with the processes of the cluster. */
  messagesPerSecond: 800,
  longTexts: 0.02,
  slowReaders: 0,
} as const;
/** Messages a second: what a machine does that is busy with other things. */
const paceMin = 100;

export interface RunOptions<C extends Cluster> {
  readonly seed: number;
  /** So many have to be answered STORED, at least. */
  readonly messages: number;
  readonly start: () => Promise<C>;
  /** What the clients are like; 50 busy ones in several rooms unless told. */
  readonly clients?: Partial<Omit<ClientsPlan, 'seed' | 'ports' | 'ca' | 'dir'>>;
  /** Makes the faults while the clients talk; the run goes on until they are over. */
  readonly faults: (run: RunUnderFaults<C>) => Promise<void>;
}

/** A run that is on its way. */
export interface RunUnderFaults<C extends Cluster = Cluster> {
  readonly cluster: C;
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
export async function runUnderFaults<C extends Cluster>(
  options: RunOptions<C>,
): Promise<RunResult> {
  const { seed, messages, clients: likes, start, faults } = options;
  const random = new Random(seed);
  const dir = historiesFolder(seed);
  try {
    await using cluster = await start();
    await using clients = new ClientsProcess({
      ...busyPlan,
      ...likes,
      seed: random.below(2 ** 32),
      ports: cluster.processes.flatMap(({ process }) => process.ports),
      ca: cluster.processes[0]?.process.ca ?? '',
      dir: dir.path,
    });
    await clients.ready();
    const journal = new Journal(clients);
    const withinMs = 30_000 + (messages / paceMin) * 1_000;
    const progress = (part: number) => clients.haveStored(part * messages, withinMs);
    await faults({ cluster, clients, random, progress, note: journal.note, odd: journal.odd });
    await progress(1);
    const histories = await clients.finish();
    const talkedMs = journal.sinceMs;
    const exitCodes = await stopAll(cluster);
    const records = await recordsOf(cluster);
    if (dir.isKept) await keep(dir.path, cluster, records);
    const report = await checkRun({ log: records, histories });
    const { tally, errors, oddities } = clients;
    return {
      report,
      records,
      tally,
      exitCodes,
      talkedMs,
      checkedMs: journal.sinceMs - talkedMs,
      oddities: [...journal.oddities, ...oddities],
      complaints: cluster.processes.flatMap(({ complaints }) => complaints),
      notes: [...journal.notes, ...Object.entries(errors).map(([what, n]) => `${n} × ${what}`)],
    };
  } finally {
    if (!dir.isKept) rmSync(dir.path, { recursive: true, force: true });
  }
}

/** What is done and seen in a run, with times. */
class Journal {
  readonly notes: string[] = [];
  readonly oddities: string[] = [];
  readonly #clients: ClientsProcess;
  readonly #startedAt = performance.now();

  constructor(clients: ClientsProcess) {
    this.#clients = clients;
  }

  get sinceMs(): number {
    return performance.now() - this.#startedAt;
  }

  readonly note = (what: string): void => {
    const seconds = (this.sinceMs / 1_000).toFixed(1);
    this.notes.push(`${seconds} s, ${this.#clients.stored()} stored: ${what}`);
  };

  readonly odd = (what: string): void => {
    this.note(what);
    this.oddities.push(what);
  };
}

async function stopAll({ processes }: Cluster): Promise<readonly (number | null)[]> {
  const ends = await Promise.all(processes.map(({ process }) => process.stop()));
  return ends.map(({ code }) => code);
}

async function recordsOf(cluster: Cluster): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const record of cluster.dump()) records.push(record);
  return records;
}

async function keep(dir: string, cluster: Cluster, records: readonly RawRecord[]): Promise<void> {
  await writeDump(join(dir, 'log.ndjson'), records);
  for (const { name, log } of cluster.processes) writeFileSync(join(dir, `${name}.log`), log);
}

/** Kept, with the log, in the folder that SECURECHAT_TEST_KEEP names. */
function historiesFolder(seed: number): { readonly path: string; readonly isKept: boolean } {
  const kept = process.env['SECURECHAT_TEST_KEEP'];
  if (kept === undefined) {
    return { path: mkdtempSync(join(tmpdir(), 'securechat-under-faults-')), isKept: false };
  }
  mkdirSync(kept, { recursive: true });
  return { path: mkdtempSync(join(kept, `${seed}-`)), isKept: true };
}
