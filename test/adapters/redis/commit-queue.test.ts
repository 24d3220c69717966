import { test } from 'tap';

import {
  batchBytesMax,
  batchEventsMax,
  CommitQueue,
  queuedBytesMax,
  queuedCommitsMax,
} from '../../../adapters/redis/commit-queue.ts';
import type { AppendOutcome, Commit } from '../../../core/event-store.ts';
import { commitTo, messagePosted } from '../../support/events.ts';

const busy: AppendOutcome = { status: 'unavailable', reason: 'busy' };
const closed: AppendOutcome = { status: 'unavailable', reason: 'closed' };

const small = commitTo('room:lobby', messagePosted('hello'));
const commitOf = (bytes: number): Commit =>
  commitTo('room:lobby', messagePosted('x'.repeat(bytes)));
const withEvents = (howMany: number): Commit =>
  commitTo('room:lobby', ...Array.from({ length: howMany }, () => messagePosted('')));

/** What each of these commits was answered, once the queue was abandoned. */
class Queued {
  readonly queue = new CommitQueue();
  readonly outcomes: AppendOutcome[] = [];
  readonly #answered: Promise<unknown>[] = [];

  add(...commits: readonly Commit[]): this {
    for (const commit of commits) {
      const place = this.#answered.length;
      const answered = this.queue
        .add(commit, 0)
        .then((outcome) => (this.outcomes[place] = outcome));
      this.#answered.push(answered);
    }
    return this;
  }

  /** The sizes of all batches, of which none is answered. */
  batches(): readonly number[] {
    const sizes: number[] = [];
    while (!this.queue.isEmpty) sizes.push(this.queue.take().length);
    return sizes;
  }

  async abandoned(): Promise<readonly AppendOutcome[]> {
    this.queue.abandon();
    await Promise.all(this.#answered);
    return this.outcomes;
  }
}

await test('one commit more than a queue holds is refused, until one is answered', async (t) => {
  const queued = new Queued();
  for (let number = 0; number < queuedCommitsMax; number++) queued.add(small);
  t.same(await queued.queue.add(small, 0), busy);
  const [first] = queued.queue.take();
  t.same(await queued.queue.add(small, 0), busy, 'what was handed over counts');
  first?.settle({ status: 'unknown' });
  queued.add(small);
  t.same(await queued.queue.add(small, 0), busy);
  const outcomes = await queued.abandoned();
  t.equal(outcomes.filter(({ status }) => status === 'unknown').length, batchEventsMax);
  t.equal(outcomes.length, queuedCommitsMax + 1, 'and every one is answered');
});

await test('one byte more than a queue holds is refused', async (t) => {
  const queued = new Queued();
  const room = queuedBytesMax - bytesOf(commitOf(0));
  queued.add(commitOf(room));
  t.same(await queued.queue.add(small, 0), busy);
  t.same(await queued.abandoned(), [closed], 'the one before was taken');
  t.same(await new CommitQueue().add(commitOf(room + 1), 0), busy);
});

await test('a batch ends before the event that is one too many', async (t) => {
  t.same(new Queued().add(withEvents(batchEventsMax), small).batches(), [1, 1]);
  t.same(new Queued().add(withEvents(batchEventsMax - 1), small, small).batches(), [2, 1]);
  t.same(new Queued().add(withEvents(batchEventsMax + 1), small).batches(), [1, 1]);
  const empty = Array.from({ length: batchEventsMax + 1 }, () => withEvents(0));
  t.same(new Queued().add(...empty).batches(), [batchEventsMax, 1], 'nor of empty commits more');
});

await test('a batch ends before the byte that is one too many', async (t) => {
  const room = batchBytesMax - bytesOf(commitOf(0)) - bytesOf(small);
  t.same(new Queued().add(commitOf(room), small, small).batches(), [2, 1]);
  t.same(new Queued().add(commitOf(room + 1), small).batches(), [1, 1]);
  t.same(new Queued().add(commitOf(batchBytesMax), small).batches(), [1, 1], 'one alone may');
});

await test('a queue that is abandoned leaves no commit without an answer', async (t) => {
  const queued = new Queued().add(withEvents(batchEventsMax), withEvents(batchEventsMax), small);
  const unsent = queued.queue.take();
  queued.queue.putBack(unsent);
  t.same(await queued.abandoned(), [closed, closed, closed]);
  const halfway = new Queued().add(withEvents(batchEventsMax), small);
  halfway.queue.take();
  t.same(await halfway.abandoned(), [{ status: 'unknown' }, closed]);
});

/** What a queue counts a commit as. */
function bytesOf(commit: Commit): number {
  const { queue } = new Queued().add(commit);
  const [pending] = queue.take();
  queue.abandon();
  return pending?.bytes ?? 0;
}
