import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { type Test, test } from 'tap';

import { auditLog } from '../../adapters/audit/log-audit.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { LogArchive } from '../../adapters/log-file/archive.ts';
import { joinedWith } from '../../adapters/log-file/joined.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import type { StoredLog } from '../../core/log-source.ts';
import type { Stores } from '../../core/stores.ts';
import { foldLog } from '../../server/folded-log.ts';
import { Sealer } from '../../server/sealer.ts';
import { hashedState } from '../../server/state-hash.ts';
import { Trimmer } from '../../server/trimmer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { joins, says, write, type Written } from '../support/memory-history.ts';
import { count, counts, reportCount } from '../counts.ts';
import { embeddedPlace, type ErasurePlace, type OpenPlace, redisPlace } from './erasure-place.ts';

const childPath = fileURLToPath(new URL('./trimming-child.js', import.meta.url));
const dayMs = 86_400_000;
/** More steps a trim does not have: a bound, should it never end. */
const stepsMax = 60;
/** So many are tried at a time. */
const atOnce = 3;
/** All steps are tried, or every so many. */
const stride = Math.ceil(counts.trimKills.asked / count('trimKills'));
const key = testKey();
const log = pino({ enabled: false });
const later = (): number => Date.now() + 2 * dayMs;

const story: readonly Written[] = [
  {
    stream: 'account:alice',
    event: { type: 'AccountRegistered', data: { user: 'alice', credential: 'a' } },
  },
  joins('alice'),
  ...Array.from({ length: 20 }, (_, number) => says('alice', `message ${number}`)),
];

/** A log as it was before, in bytes: nothing of it may be another, or gone. */
interface Before {
  readonly metas: readonly string[];
  readonly state: string;
}

for (const [store, place] of [
  ['the embedded store', embeddedPlace],
  ['Redis', redisPlace],
] as const)
  await test(`a trim on ${store} that is killed at any of its steps loses nothing, and the next one ends it`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'securechat-trim-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const whole = join(folder, 'whole');
    const before = await writeStory(whole, place);
    /** Whether there was such a step. */
    const killedAt = async (step: number): Promise<boolean> => {
      const dir = join(folder, String(step));
      cpSync(whole, dir, { recursive: true });
      await using copy = await place(dir);
      const end = await trimIn(dir, copy, step);
      await t.test(`killed at step ${step}`, (u) => losesNothing(u, dir, copy, before));
      if (end !== 'SIGKILL') t.equal(end, 0);
      return end === 'SIGKILL';
    };
    let kills = 0;
    for (let killed = atOnce; killed === atOnce && kills < stepsMax; kills += killed) {
      const steps = Array.from({ length: atOnce }, (_, index) => (kills + index) * stride + 1);
      killed = (await Promise.all(steps.map(killedAt))).filter(Boolean).length;
    }
    t.ok(kills < stepsMax, 'it has an end');
    reportCount(t, 'trimKills', kills);
  });

async function writeStory(dir: string, place: OpenPlace): Promise<Before> {
  await using made = await place(dir);
  const stores = await made.open();
  const { events } = stores;
  await write(events, story, { now: 0 });
  const sealer = new Sealer(events, key, 'north');
  await sealer.seal(0);
  await sealer.close();
  const before = { metas: await metasOf(events), state: await stateOf(stores) };
  await stores.close();
  return before;
}

/** Answers the exit code, or the signal that ended it. */
async function trimIn(
  dir: string,
  { redis }: ErasurePlace,
  killedAtStep: number,
): Promise<unknown> {
  const args = [childPath, dir, redis, join(dir, 'archive'), String(killedAtStep)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code;
}

async function losesNothing(
  t: Test,
  dir: string,
  place: ErasurePlace,
  before: Before,
): Promise<void> {
  // Nobody else owns the folder: a server that was killed does no more.
  const stores = await (place.redis === '' ? openLmdb({ dir, own: true }) : place.open());
  const archive = new LogArchive(join(dir, 'archive'));
  await isWhole(t, archive, stores, before);
  // The lease of the one that was killed lapses by itself, which would only take time.
  const { leases } = openMemory();
  await new Trimmer({ days: 1, archive }, { ...stores, leases }, log, later).look();
  const { first, position } = await stores.events.head(0);
  const last = before.metas.length;
  t.equal(first, last, 'it is trimmed to its last record');
  t.equal(position, last + 1, 'that it is trimmed was told, and once');
  await isWhole(t, archive, stores, before);
  await stores.close();
}

async function isWhole(
  t: Test,
  archive: LogArchive,
  stores: Stores,
  before: Before,
): Promise<void> {
  const whole = await joinedWith(archive, openedAs(stores));
  const metas = (await metasOf(whole)).slice(0, before.metas.length);
  t.same(metas, before.metas, 'every position is in the archive or in the log');
  const evidence = { keys: [key.verifier], others: [] };
  const { verdict, findings } = await auditLog(whole, evidence, () => {});
  t.match({ verdict, findings }, { verdict: 'whole', findings: [] });
  t.equal(await stateOf(stores), before.state);
  await whole.close();
}

async function metasOf(source: Pick<StoredLog, 'readStored'>): Promise<readonly string[]> {
  const records = await source.readStored(0, 1, 1_000);
  return records.map(({ position, meta }) => `${position} ${Buffer.from(meta).toString()}`);
}

/** Of all that a server that starts there knows. */
async function stateOf({ events }: Stores): Promise<string> {
  return hashedState((await foldLog(events)).view).hash;
}

/** The store is not closed with it. */
function openedAs({ events }: Stores): StoredLog {
  return {
    info: events.info,
    head: (partition) => events.head(partition),
    readStored: (partition, from, limit) => events.readStored(partition, from, limit),
    close: async () => {},
  };
}
