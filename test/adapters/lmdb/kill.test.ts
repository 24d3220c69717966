import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';

import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import type { Recorded } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { count, reportCount } from '../../counts.ts';
import { type Answered, numberedCommit } from './appending.ts';
import { Child } from './child-process.ts';

/** How long a process appends before it is killed: some moment in between. */
const killedAfterMsMax = 300;

await test('a killed process leaves a whole log, with all that it answered', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-kill-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const kept = new Map<string, Answered>();
  let kills = 0;
  for (let round = 0; round < count('embeddedKills'); round++) {
    const child = new Child('own and append', dir);
    await child.says('appended');
    await sleep(Math.random() * killedAfterMsMax);
    await child.kill9();
    kills += 1;
    t.same(child.said('refused'), []);
    const answered = child.said('appended').map((line) => JSON.parse(line) as Answered);
    for (const each of answered) kept.set(each.ids.join(), each);
    const stores = await openLmdb({ dir, own: true });
    const records = await stores.events.readAll(0, 1, 1_000_000);
    t.same(await faultsOf(stores, records), [], `round ${round}: the log is whole`);
    t.same(missing(records, [...kept.values()]), [], `round ${round}: nothing answered is missing`);
    t.same(await missingCredentials(stores, child.said('credential')), []);
    t.same(await repeated(stores, answered.at(-1)), [], `round ${round}: numbers are remembered`);
    await stores.close();
  }
  t.comment(`${kept.size} commits were answered before ${kills} kills`);
  reportCount(t, 'embeddedKills', kills);
});

await test('a process killed while it opens a new folder leaves one that can be opened', async (t) => {
  let kills = 0;
  for (; kills < count('killsWhileOpening'); kills++) {
    const dir = mkdtempSync(join(tmpdir(), 'securechat-kill-'));
    const child = new Child('own', dir);
    await child.says('opening');
    await sleep(Math.random() * 12);
    await child.kill9();
    const stores = await openLmdb({ dir, own: true });
    const records = await stores.events.readAll(0, 1, 10);
    t.match(records, [{ position: 1, event: { type: 'EpochStarted' } }]);
    await stores.close();
    rmSync(dir, { recursive: true });
  }
  reportCount(t, 'killsWhileOpening', kills);
});

/** What is not as the contract of the event store says. */
async function faultsOf(
  { events }: Stores,
  records: readonly Recorded[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const streams = new Map<string, Recorded[]>();
  for (const [index, record] of records.entries()) {
    if (record.position !== index + 1) faults.push(`position ${record.position} at ${index + 1}`);
    if (record.at < (records[index - 1]?.at ?? 0)) faults.push(`time falls at ${record.position}`);
    const places = [{ stream: record.stream, revision: record.revision }, record.link ?? []].flat();
    for (const { stream, revision } of places) {
      const held = streams.get(stream) ?? [];
      streams.set(stream, held);
      if (held.push(record) !== revision) faults.push(`${stream}: revision ${revision}`);
    }
  }
  if (new Set(records.map(({ id }) => id)).size !== records.length) faults.push('an id twice');
  for (const [stream, held] of streams) {
    const indexed = await events.readStream({ stream, limit: records.length });
    const isSame = JSON.stringify(indexed) === JSON.stringify(held);
    if (!isSame) faults.push(`the index of ${stream} is not what the log says`);
  }
  const { position } = await events.head(0);
  if (position !== records.length) faults.push(`the head is at ${position}`);
  // Every commit of the other process has four events.
  if ((records.length - 1) % 4 !== 0) faults.push('a part of a commit');
  return faults;
}

function missing(records: readonly Recorded[], kept: readonly Answered[]): readonly Answered[] {
  return kept.filter(({ position, ids }) =>
    ids.some((id, index) => records[position - 1 + index]?.id !== id),
  );
}

async function missingCredentials(
  { credentials }: Stores,
  ids: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(ids.map(async (id) => credentials.get('alice', id)));
  return ids.filter((id, index) => found[index]?.hash !== `hash of ${id}`);
}

/** A numbered commit that was answered once is not written again. */
async function repeated(
  { events }: Stores,
  answered: Answered | undefined,
): Promise<readonly string[]> {
  if (answered === undefined) return ['nothing was answered'];
  const { session, sequence } = answered.once;
  const outcome = await events.writer('b', 1).append(numberedCommit(session, sequence));
  const isFirst = outcome.status === 'repeated' && outcome.first.position === answered.position;
  return isFirst ? [] : [JSON.stringify(outcome)];
}
