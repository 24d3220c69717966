import { EventEmitter, once } from 'node:events';
import { test } from 'tap';

import {
  batchBytesMax,
  batchJobsMax,
  type Failure,
  GroupCommit,
  type Job,
  queuedBytesMax,
  queuedJobsMax,
  type Transactions,
} from '../../../adapters/lmdb/group-commit.ts';
import { appendAnswerMsMax } from '../../../core/event-store.ts';
import { until } from '../../support/until.ts';

type Result = 'durable' | Failure | Error;

/** A job that notes what becomes of it. */
class NotedJob implements Job {
  readonly bytes: number;
  readonly results: Result[] = [];
  isApplied = false;
  readonly #apply: () => void;

  constructor(bytes = 1, apply: () => void = () => undefined) {
    this.bytes = bytes;
    this.#apply = apply;
  }

  apply(): void {
    this.isApplied = true;
    this.#apply();
  }

  settle(result: Result): void {
    this.results.push(result);
  }
}

const never = new Promise<void>(() => undefined);

/** Runs each action at once; `commit` is what its transaction then comes to. */
const committing = (commit: () => Promise<void>): Transactions => ({
  run: async (action) => {
    action();
    return commit();
  },
  begin: () => undefined,
  end: () => undefined,
  onDurable: () => undefined,
});

const written = committing(async () => undefined);

const settled = async (jobs: readonly NotedJob[]): Promise<readonly Result[]> => {
  await until(() => jobs.every(({ results }) => results.length > 0), {
    what: 'all jobs to be settled',
    withinMs: appendAnswerMsMax + 2_000,
  });
  return jobs.flatMap(({ results }) => results);
};

const failing = (code: number): Transactions =>
  committing(async () => Promise.reject(Object.assign(new Error(`error ${code}`), { code })));

/** The sizes of the batches that jobs of so many bytes make. */
async function batchesOf(...bytes: readonly number[]): Promise<readonly number[]> {
  const jobs = bytes.map((size) => new NotedJob(size));
  const applied = (): number => jobs.filter(({ isApplied }) => isApplied).length;
  const sizes: number[] = [];
  const run = async (action: () => void): Promise<void> => {
    const before = applied();
    action();
    sizes.push(applied() - before);
  };
  const commits = new GroupCommit({ ...written, run });
  for (const job of jobs) commits.add(job);
  await settled(jobs);
  return sizes;
}

await test('jobs are applied in order, and what arrives meanwhile is one batch', async (t) => {
  const batches: number[][] = [];
  const transactions: Transactions = { ...written, begin: () => batches.push([]) };
  const commits = new GroupCommit(transactions);
  const jobs = Array.from(
    { length: 5 },
    (_, number) => new NotedJob(1, () => batches.at(-1)?.push(number)),
  );
  for (const job of jobs) commits.add(job);
  t.same(await settled(jobs), Array(5).fill('durable'));
  t.same(batches, [[0], [1, 2, 3, 4]]);
});

await test('a transaction that nothing came of is told for what it is', async (t) => {
  const cases = [
    [28, { status: 'unavailable', reason: 'full' }],
    [-30792, { status: 'unavailable', reason: 'full' }],
    [5, { status: 'unknown' }],
    [30, { status: 'unknown' }],
  ] as const;
  for (const [code, expected] of cases) {
    const job = new NotedJob();
    new GroupCommit(failing(code)).add(job);
    t.same(await settled([job]), [expected], `error ${code}`);
  }
});

await test('a transaction that cannot begin has taken nothing', async (t) => {
  let isOpen = false;
  const cannotBegin: Transactions = {
    ...written,
    run: async (action) => {
      if (!isOpen) throw new Error('no transaction');
      action();
    },
  };
  const commits = new GroupCommit(cannotBegin);
  const refused = new NotedJob();
  commits.add(refused);
  t.same(await settled([refused]), [{ status: 'unavailable', reason: 'disconnected' }]);
  t.notOk(refused.isApplied);
  isOpen = true;
  const later = new NotedJob();
  commits.add(later);
  t.same(await settled([later]), ['durable']);
});

await test('an error of the program undoes its batch, and those after it go on', async (t) => {
  const commits = new GroupCommit(written);
  const jobs = [
    new NotedJob(),
    new NotedJob(),
    new NotedJob(1, () => {
      throw new TypeError('a bug');
    }),
  ];
  for (const job of jobs) commits.add(job);
  t.match(await settled(jobs), ['durable', TypeError, TypeError]);
  const later = new NotedJob();
  commits.add(later);
  t.same(await settled([later]), ['durable']);
});

await test('what the disk does not answer is unknown, what it was not given is unavailable', async (t) => {
  const commits = new GroupCommit(committing(async () => never));
  const [given, waiting] = [new NotedJob(), new NotedJob()];
  commits.add(given);
  commits.add(waiting);
  const startedAt = performance.now();
  t.same(await settled([given, waiting]), [
    { status: 'unknown' },
    { status: 'unavailable', reason: 'disconnected' },
  ]);
  t.ok(performance.now() - startedAt < appendAnswerMsMax);
  t.same([given.isApplied, waiting.isApplied], [true, false]);
});

await test('a late answer of the disk is not told twice', async (t) => {
  const disk = new EventEmitter();
  const commits = new GroupCommit(committing(async () => void (await once(disk, 'answer'))));
  const given = new NotedJob();
  commits.add(given);
  await settled([given]);
  disk.emit('answer');
  const later = new NotedJob();
  commits.add(later);
  await until(() => later.isApplied, { what: 'the next batch', withinMs: 5_000 });
  disk.emit('answer');
  t.same(await settled([later]), ['durable']);
  t.same(given.results, [{ status: 'unknown' }]);
});

await test('one job or one byte more than may wait is refused', async (t) => {
  const commits = new GroupCommit({ ...written, run: async () => never });
  const busy: Result = { status: 'unavailable', reason: 'busy' };
  const [large, oneByte] = [new NotedJob(queuedBytesMax), new NotedJob(1)];
  commits.add(large);
  commits.add(oneByte);
  t.same([large.results, oneByte.results], [[], [busy]]);
  const others = new GroupCommit({ ...written, run: async () => never });
  const many = Array.from({ length: queuedJobsMax + 1 }, () => new NotedJob(0));
  for (const job of many) others.add(job);
  t.same(many.at(-1)?.results, [busy]);
  t.same(many.at(-2)?.results, []);
});

await test('a batch ends before the job or the byte that is one too many', async (t) => {
  // The first one goes alone, for it does not wait for others.
  const many = Array.from({ length: 1 + batchJobsMax + 1 }, () => 0);
  t.same(await batchesOf(...many), [1, batchJobsMax, 1]);
  t.same(await batchesOf(0, batchBytesMax - 1, 1, 1), [1, 2, 1]);
  t.same(await batchesOf(0, batchBytesMax + 1, 1), [1, 1, 1], 'one alone may be larger');
});

await test('what was not handed over can be taken back', async (t) => {
  const commits = new GroupCommit(committing(async () => never));
  const [given, mine, another] = [new NotedJob(), new NotedJob(), new NotedJob()];
  for (const job of [given, mine, another]) commits.add(job);
  commits.withdraw(new Set([given, mine]));
  t.same(mine.results, [{ status: 'unavailable', reason: 'closed' }]);
  t.same([given.results, another.results], [[], []]);
});
