import fc from 'fast-check';

import { count, reportCount } from '../../counts.ts';
import type { ContractTests } from './log-under-test.ts';
import { ModelRun, roomsPerPartition } from './model-run.ts';

export interface PlannedPart {
  readonly room: number;
  /** Against the stream's revision at that time. */
  readonly expected: 'any' | 'right' | 'ahead' | 'behind';
  readonly events: readonly { readonly text: string; readonly isLinked: boolean }[];
}

export interface PlannedCommit {
  readonly partition: number;
  readonly parts: readonly PlannedPart[];
  /**
   * With a number of its own; as the last numbered commit once more; or with that one's number
   * and content of its own.
   */
  readonly once: 'not' | 'new' | 'again' | 'altered';
}

/** Commits that one writer sends without waiting in between. */
export interface PlannedBurst {
  readonly writer: number;
  readonly commits: readonly PlannedCommit[];
}

/** Sentences 1 to 3, 5 and 7 of `EventStore`, against a model. */
export const randomCommitTests: ContractTests = {
  'random commits with conflicts leave the log that a plain model has': async (t, logs) => {
    const log = await logs.make(t);
    const stores = [await log.open(), await log.open()];
    const run = await ModelRun.start(
      logs,
      stores.map(({ events }) => events),
    );
    const asked = count('randomCommits');
    let cases = 0;
    const property = fc.asyncProperty(bursts(logs.partitions), async (planned) => {
      for (const burst of planned) await run.play(burst);
      await run.compare();
      cases += 1;
    });
    // A case begins where the one before it ended, so smaller ones would prove nothing.
    await fc.assert(property, { numRuns: asked, endOnFailure: true });
    t.equal(cases, asked);
    t.ok(run.hasMetEverything(), `outcomes met: ${run.met()}`);
    reportCount(t, 'randomCommits', cases);
  },
};

function bursts(partitions: number): fc.Arbitrary<readonly PlannedBurst[]> {
  const event = fc.record({ text: fc.string({ unit: 'grapheme' }), isLinked: fc.boolean() });
  const part: fc.Arbitrary<PlannedPart> = fc.record({
    room: fc.nat(roomsPerPartition - 1),
    expected: fc.constantFrom('any', 'any', 'right', 'right', 'right', 'ahead', 'behind'),
    events: fc.array(event, { maxLength: 3 }),
  });
  const commit: fc.Arbitrary<PlannedCommit> = fc.record({
    partition: fc.nat(partitions - 1),
    parts: fc.uniqueArray(part, { selector: ({ room }) => room, minLength: 1, maxLength: 3 }),
    once: fc.constantFrom('not', 'not', 'not', 'new', 'again', 'altered'),
  });
  const commits = fc.array(commit, { minLength: 1, maxLength: 8 });
  return fc.array(fc.record({ writer: fc.nat(1), commits }), { minLength: 1, maxLength: 5 });
}
