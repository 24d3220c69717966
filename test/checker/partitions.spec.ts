import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { checkRun } from './checker.ts';
import type { RawRecord } from './log-dump.ts';
import { stories, tell } from './random-story.ts';
import { formatReport } from './report.ts';
import { Story } from './story.ts';
import { always } from '../support/always.ts';

const partitions = [0, 1, 2];

/**
 * The same log in three partitions, one dumped after the other: each stream lies in one of them;
 * epochs and what servers do are told in all.
 */
function spread(records: readonly RawRecord[]): readonly RawRecord[] {
  return partitions.flatMap((partition) =>
    records
      .filter(({ stream }) => isEverywhere(stream) || partitionOf(stream) === partition)
      .map((record, index) => ({
        ...record,
        partition,
        position: index + 1,
        meta: record.meta.replace(/"id":"/, `"id":"${partition}-`),
      })),
  );
}

const isEverywhere = (stream: string): boolean =>
  stream === 'epoch' || stream.startsWith('server:');

/** Users and rooms apart: by the last letter of their names. */
const partitionOf = (stream: string): number => (stream.codePointAt(stream.length - 1) ?? 0) % 3;

await test('whatever happens without a fault, nothing is found in several partitions', async (t) => {
  await always(
    t,
    'storiesTold',
    fc.asyncProperty(stories, async (steps) => {
      const { log, histories } = tell(steps).finish();
      const report = await checkRun({ log: spread(log.records), histories });
      ok(report.ok, formatReport(report));
    }),
  );
});

await test('faults are found in several partitions, each in its own', async (t) => {
  const story = new Story();
  for (const user of ['alice', 'bob', 'carol']) story.login(user);
  story.say('alice', 'missed', { shownTo: ['bob'] });
  story.join('bob', 'attic');
  story.join('carol', 'attic');
  story.say('bob', 'refused', { answer: 'error' });
  const { log, histories } = story.finish();
  const { findings } = await checkRun({ log: spread(log.records), histories });
  const lobby = partitionOf('room:lobby');
  const attic = partitionOf('room:attic');
  t.not(lobby, attic);
  t.has(findings, [
    { kind: 'refusedStored', client: 'bob', partition: attic },
    { kind: 'missed', client: 'carol', partition: lobby },
  ]);
  t.equal(findings.length, 2);
});
