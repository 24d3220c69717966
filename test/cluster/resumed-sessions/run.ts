import { dumpRedis, type RawRecord } from '../../checker/log-dump.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import type { ServerProcess } from '../under-faults/cluster.ts';
import { clientNames } from '../under-faults/client-names.ts';
import { pause } from '../under-faults/pause.ts';
import { Random } from '../under-faults/random.ts';
import type { IsLast } from './cuttable-socket.ts';
import { expectedOf } from './expected.ts';
import { countOf } from './heard.ts';
import { findings } from './judgement.ts';
import { TalkingClient } from './talking-client.ts';
import { startWebCluster } from './web-cluster.ts';

const clientCount = 50;
const rooms = ['attic', 'cellar', 'garden', 'kitchen', 'Werkstatt', 'τέχνη'];
/** Of all clients together, in calm: what two cores carry beside other tests. */
const messagesPerSecond = 400;
/** Messages a second: what a machine does that is busy with other things. */
const paceMin = 40;
/** A greeting, what was missed, a cursor, the session, and what came meanwhile. */
const framesOfResumeMax = 30;
const arrivesWithinMs = 60_000;

export interface RunPlan {
  readonly seed: number;
  /** Of the log. */
  readonly partitions: number;
  /** So many are stored, at least. */
  readonly messages: number;
  readonly cuts: number;
  readonly kills: number;
}

/** What a run came to. */
export interface RunResult {
  readonly messages: number;
  readonly cuts: number;
  readonly kills: number;
  /** Events that were heard, by all clients together. */
  readonly heard: number;
  /** What is not as the log has it. */
  readonly findings: readonly string[];
  /** Why clients stopped, of which none should. */
  readonly oddities: readonly string[];
  /** What servers logged as errors. */
  readonly complaints: readonly string[];
}

/** Lets clients talk while their connections are cut and their servers killed, and judges it all. */
export async function runResumed(plan: RunPlan): Promise<RunResult> {
  const random = new Random(plan.seed);
  await using cluster = await startWebCluster(plan.partitions);
  const { redis, processes, urls, ca } = cluster;
  const users = clientNames(clientCount);
  const pauseMs = (clientCount / messagesPerSecond) * 1_000;
  const talking = { urls, ca, rooms, users, pauseMs };
  const clients = users.map(
    (user) =>
      new TalkingClient(user, talking, random.branch(), random.chance(0.2) ? isSession : undefined),
  );
  try {
    await Promise.all(clients.map((client) => client.enters()));
    const talk = Promise.all(clients.map((client) => client.talks()));
    const progress = progressOf(clients, plan.messages);
    const faults = Promise.all([
      cutAll(clients, plan.cuts, random.branch(), progress),
      killAll(processes, plan.kills, random.branch(), progress),
    ]);
    // A client that fails ends the run at once.
    await Promise.race([faults, talk]);
    await progress(1);
    for (const client of clients) client.finish();
    await talk;
    const records = await arrived(redis, clients);
    return {
      messages: storedBy(clients),
      cuts: cutsOf(clients),
      kills: plan.kills,
      heard: clients.reduce((sum, { heard }) => sum + countOf(heard), 0),
      findings: findings(records, clients),
      oddities: clients.flatMap(({ oddities }) => oddities),
      complaints: processes.flatMap(({ complaints }) => complaints),
    };
  } finally {
    for (const client of clients) client.close();
  }
}

type Progress = (part: number) => Promise<void>;

/** Waits until this part of the messages, from 0 to 1, is stored. */
function progressOf(clients: readonly TalkingClient[], messages: number): Progress {
  const withinMs = 60_000 + (messages / paceMin) * 1_000;
  return async (part) => {
    const what = `${part * messages} messages to be stored`;
    await until(() => storedBy(clients) >= part * messages, { what, withinMs });
  };
}

const storedBy = (clients: readonly TalkingClient[]): number =>
  clients.reduce((sum, { said }) => sum + said.length, 0);

/** At any moment, and half of the time once more while the client comes back. */
async function cutAll(
  clients: readonly TalkingClient[],
  cuts: number,
  random: Random,
  progress: Progress,
): Promise<void> {
  const areOnline = () => clients.some(({ isOnline }) => isOnline);
  for (let cut = cutsOf(clients); cut < cuts; cut = cutsOf(clients)) {
    await progress(cut / cuts);
    await until(areOnline, { what: 'a client to be online', withinMs: arrivesWithinMs });
    const client = random.pick(clients.filter(({ isOnline }) => isOnline));
    if (random.chance(0.5)) client.cutNextAfter(lastOfResume(random));
    client.cut(random.chance(0.3) ? 'halfOpen' : 'reset');
  }
}

const isSession: IsLast = (frame) => frame.includes('"token":');

/** The frame with the session, or any of those around it. */
function lastOfResume(random: Random): IsLast {
  if (random.chance(0.5)) return isSession;
  let left = 1 + random.below(framesOfResumeMax);
  return () => --left === 0;
}

const cutsOf = (clients: readonly TalkingClient[]): number =>
  clients.reduce((sum, client) => sum + client.cuts, 0);

/** One after the other, so that there is always one that lives. */
async function killAll(
  servers: readonly ServerProcess[],
  kills: number,
  random: Random,
  progress: Progress,
): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await progress((kill + random.fraction()) / kills);
    const server = random.pick(servers);
    await server.kill9();
    await pause(random.between(0, 3_000));
    await server.restart();
  }
}

/** The log, once everybody has heard as much as it has for them. */
async function arrived(
  redis: RedisProcess,
  clients: readonly TalkingClient[],
): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const record of dumpRedis(redis.url)) records.push(record);
  const expected = expectedOf(records);
  const hasAll = ({ user, heard }: TalkingClient): boolean =>
    countOf(heard) >= countOf(expected.get(user) ?? new Map());
  const bound = { what: 'everybody to have heard everything', withinMs: arrivesWithinMs };
  // Whoever has not is named by the judge.
  await until(() => clients.every(hasAll), bound).catch(() => undefined);
  return records;
}
