import { deepStrictEqual, ok, rejects } from 'node:assert/strict';

import { auditLog } from '../../adapters/audit/log-audit.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import type { EventStore, Recorded } from '../../core/event-store.ts';
import { auditStream } from '../../core/stream.ts';
import { ForgedCheckpoint, Sealer } from '../../server/sealer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { kept } from '../audit/filed.ts';
import { commitTo, messagePosted, newEvent } from '../support/events.ts';
import { rule } from '../support/given.ts';

const key = testKey();
const evidence = { keys: [key.verifier], others: [] };
const nobody = (): void => {};

async function say(events: EventStore, howMany: number): Promise<void> {
  const writer = events.writer('a', 1);
  for (let said = 0; said < howMany; said++)
    await writer.append(commitTo('room:lobby', messagePosted(`message ${said}`)));
}

async function checkpoints(events: EventStore): Promise<readonly Recorded[]> {
  const records = await events.readStream({ stream: auditStream(0), partition: 0, limit: 10_000 });
  return records.filter(({ event }) => event.type === 'CheckpointSigned');
}

const sizes = async (events: EventStore): Promise<readonly number[]> =>
  (await checkpoints(events)).map(({ event }) =>
    event.type === 'CheckpointSigned' ? event.data.size : 0,
  );

rule(
  'a log is sealed from its beginning, a thousand records at once, and then goes on',
  async () => {
    const { events } = openMemory();
    await say(events, 2_500);
    const sealer = new Sealer(events, key, 'a');
    deepStrictEqual(await sealer.seal(0), 'sealed');
    // A checkpoint is news to none, but the ones before are among the records of the next.
    deepStrictEqual(await sizes(events), [1_000, 2_000, 2_504]);
    await say(events, 10);
    deepStrictEqual(await sealer.seal(0), 'sealed');
    deepStrictEqual((await sizes(events)).at(-1), 2_515);
    const { verdict, partitions } = await auditLog(events, evidence, nobody);
    deepStrictEqual(
      [verdict, partitions[0]?.sealed, partitions[0]?.records],
      ['whole', 2_515, 2_516],
    );
  },
);

rule('a log that was trimmed before it was sealed is said to be beyond sealing', async () => {
  const { events } = openMemory();
  await say(events, 10);
  const { epoch } = await events.head(0);
  await events.snapshots.keep(0, { epoch, through: 4 }, []);
  await events.trim(0, 5, epoch);
  await rejects(new Sealer(events, key, 'a').seal(0), /was trimmed before it was sealed/);
});

rule('a log in which nothing happened but its sealing grows by nothing', async () => {
  const { events } = openMemory();
  await say(events, 3);
  const sealers = ['a', 'b', 'c'].map((server) => new Sealer(events, key, server));
  for (const sealer of sealers) await sealer.seal(0);
  const { position } = await events.head(0);
  for (const sealer of [...sealers, ...sealers]) await sealer.seal(0);
  deepStrictEqual((await events.head(0)).position, position);
  deepStrictEqual((await sizes(events)).length, 1);
});

rule('of servers that seal at the same moment one does, and the others do nothing', async () => {
  const { events } = openMemory();
  const sealers = ['a', 'b', 'c'].map((server) => new Sealer(events, key, server));
  for (let round = 0; round < 20; round++) {
    await say(events, 5);
    await Promise.all(sealers.map((sealer) => sealer.seal(0)));
  }
  const made = await sizes(events);
  deepStrictEqual(new Set(made).size, made.length, 'no two of one size');
  deepStrictEqual((await auditLog(events, evidence, nobody)).verdict, 'whole');
});

rule('another key is published with its first checkpoint', async () => {
  const { events } = openMemory();
  await say(events, 3);
  await new Sealer(events, key, 'a').seal(0);
  const next = testKey();
  const published = newEvent({ type: 'SigningKeyPublished', data: { key: next.verifier.text } });
  await events.writer('tool', 0).append({ partition: 0, ...commitTo(auditStream(0), published) });
  await say(events, 1);
  await new Sealer(events, key, 'a').seal(0);
  await say(events, 3);
  await new Sealer(events, next, 'a').seal(0);
  deepStrictEqual((await auditLog(events, evidence, nobody)).verdict, 'whole');
});

rule('nothing is sealed on top of a checkpoint that contradicts itself', async () => {
  const { events } = openMemory();
  await say(events, 3);
  await new Sealer(events, key, 'a').seal(0);
  const [made] = await checkpoints(events);
  if (made?.event.type !== 'CheckpointSigned') throw new Error('there is one');
  const { data, text } = made.event;
  const forged = newEvent({
    type: 'CheckpointSigned',
    data: { ...data, range: [] },
    text,
  });
  await events.writer('x', 0).append({ partition: 0, ...commitTo(auditStream(0), forged) });
  await say(events, 3);
  const before = (await events.head(0)).position;
  await rejects(new Sealer(events, key, 'a').seal(0), ForgedCheckpoint);
  deepStrictEqual((await events.head(0)).position, before);
});

rule('after the log was set back a new tree goes on from what both have', async () => {
  const { events, log } = openMemory();
  const sealer = new Sealer(events, key, 'a');
  for (const howMany of [10, 10]) {
    await say(events, howMany);
    await sealer.seal(0);
  }
  const before = await checkpoints(events);
  log.partition(0).setBack(18);
  await say(events, 12);
  deepStrictEqual(await sealer.seal(0), 'sealed');
  const notes = before.flatMap(({ event }) =>
    event.type === 'CheckpointSigned' ? [event.data.note] : [],
  );
  const report = await auditLog(events, { ...evidence, others: kept(notes) }, nobody);
  deepStrictEqual(report.verdict, 'lost');
  deepStrictEqual(
    report.findings.map(({ kind }) => kind),
    ['lost'],
    'the checkpoint before the loss is that of both',
  );
  ok((report.partitions[0]?.sealed ?? 0) > 20);
});
