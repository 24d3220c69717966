import { deepStrictEqual, ok, rejects } from 'node:assert/strict';

import { checkpointText } from '../../adapters/audit/checkpoint-note.ts';
import { vouchFor } from '../../adapters/audit/key-voucher.ts';
import { auditLog } from '../../adapters/audit/log-audit.ts';
import type { SigningKey } from '../../adapters/audit/signing-key.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import type { CheckpointSigned } from '../../core/audit.ts';
import type { EventStore, Recorded } from '../../core/event-store.ts';
import { auditStream, signingKeysStream } from '../../core/stream.ts';
import { ForgedCheckpoint, KeyOfNobody, Sealer } from '../../server/sealer.ts';
import { publishKey } from '../../server/signing-keys.ts';
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

rule('the next key seals once the one before has vouched for it, also in an idle log', async () => {
  const { events } = openMemory({ partitions: 2 });
  await say(events, 3);
  const sealed = async (by: SigningKey): Promise<void> => {
    for (const partition of [0, 1])
      deepStrictEqual(await new Sealer(events, by, 'a').seal(partition), 'sealed');
  };
  await sealed(key);
  const next = testKey();
  deepStrictEqual(await publishKey(events, next, key.verifier), 'sealed-otherwise');
  for (let time = 1; time <= 2; time++)
    deepStrictEqual(await publishKey(events, key, next.verifier), 'published');
  const published = await events.readStream({
    stream: signingKeysStream(1),
    partition: 1,
    limit: 9,
  });
  deepStrictEqual(published.length, 2, 'each key once');
  await say(events, 3);
  await sealed(next);
  const { verdict, partitions } = await auditLog(events, evidence, nobody);
  deepStrictEqual([verdict, partitions.length], ['whole', 2]);
});

rule('a log has one first key, in whichever of its partitions it is sealed first', async () => {
  const { events } = openMemory({ partitions: 3 });
  deepStrictEqual(await publishKey(events, key, testKey().verifier), 'unsealed');
  const [stranger, next] = [new Sealer(events, testKey(), 'b'), testKey()];
  deepStrictEqual(await new Sealer(events, key, 'a').seal(2), 'sealed');
  for (const partition of [0, 1, 2]) await rejects(stranger.seal(partition), KeyOfNobody);
  deepStrictEqual(await publishKey(events, key, next.verifier), 'published');
  for (const partition of [0, 1, 2])
    deepStrictEqual(await new Sealer(events, next, 'c').seal(partition), 'sealed');
  deepStrictEqual((await auditLog(events, evidence, nobody)).verdict, 'whole');
});

rule('a key for which nobody vouches seals nothing', async () => {
  const { events } = openMemory();
  await say(events, 3);
  await new Sealer(events, key, 'a').seal(0);
  const stranger = testKey();
  const data = { key: stranger.verifier.text, note: vouchFor(stranger, stranger.verifier) };
  const published = newEvent({ type: 'SigningKeyPublished', data });
  await events
    .writer('x', 0)
    .append({ partition: 0, ...commitTo(signingKeysStream(0), published) });
  await say(events, 3);
  const before = (await events.head(0)).position;
  await rejects(new Sealer(events, stranger, 'b').seal(0), KeyOfNobody);
  deepStrictEqual((await events.head(0)).position, before);
  deepStrictEqual(await new Sealer(events, key, 'a').seal(0), 'sealed');
  deepStrictEqual((await auditLog(events, evidence, nobody)).verdict, 'whole');
});

rule('of two servers that begin a log with keys of their own one seals', async () => {
  const { events } = openMemory();
  await say(events, 3);
  const outcomes = await Promise.allSettled(
    [key, testKey()].map((own, number) => new Sealer(events, own, `server${number}`).seal(0)),
  );
  deepStrictEqual(
    outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value),
    ['sealed', 'lost'],
  );
  await say(events, 3);
  await rejects(new Sealer(events, testKey(), 'late').seal(0), KeyOfNobody);
});

rule('nothing is sealed on top of a checkpoint that no server made', async () => {
  for (const forge of [
    (data: CheckpointSigned['data']) => ({ ...data, range: [] }),
    // It fits a log that was rewritten, but nobody has signed it.
    (data: CheckpointSigned['data']) => {
      const { size } = data;
      const root = Buffer.from(data.root, 'base64');
      const text = checkpointText({ partition: 0, epoch: data.epoch, size, root });
      return { ...data, note: testKey().signNote(text) };
    },
  ]) {
    const { events } = openMemory();
    await say(events, 3);
    await new Sealer(events, key, 'a').seal(0);
    const [made] = await checkpoints(events);
    if (made?.event.type !== 'CheckpointSigned') throw new Error('there is one');
    const { data, text } = made.event;
    const forged = newEvent({ type: 'CheckpointSigned', data: forge(data), text });
    await events.writer('x', 0).append({ partition: 0, ...commitTo(auditStream(0), forged) });
    await say(events, 3);
    const before = (await events.head(0)).position;
    await rejects(new Sealer(events, key, 'a').seal(0), ForgedCheckpoint);
    deepStrictEqual((await events.head(0)).position, before);
  }
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
