import { type Commit, noRevision } from '../../../core/event-store.ts';
import { commitTo, messagePosted, sessionOpened } from '../../support/events.ts';
import {
  appended,
  type ContractTests,
  tally,
  type TestLogs,
  textOf,
  times,
} from './log-under-test.ts';

/** Sentence 7 of `EventStore`. */
export const onceTests: ContractTests = {
  'a repeated commit gets the first answer and writes nothing': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const first = appended(await writer.append(say(logs, 'hello', 1)));
    appended(await writer.append(say(logs, 'bye', 2)));
    t.strictSame(await writer.append(say(logs, 'hello', 1)), { status: 'repeated', first });
    t.strictSame(await writer.append(say(logs, 'hello', 1)), { status: 'repeated', first });
    const texts = (await events.readStream({ stream: logs.stream('room'), limit: 9 })).map(textOf);
    t.same(texts, ['hello', 'bye']);
  },

  'the number of a commit with other content is a mismatch': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    appended(await writer.append(say(logs, 'hello', 1)));
    t.strictSame(await writer.append(say(logs, 'bye', 1)), { status: 'mismatch' });
    const [other = ''] = logs.streams('room', 2).slice(1);
    const elsewhere = {
      ...commitTo(other, messagePosted('hello')),
      once: { session: 's1', sequence: 1 },
    };
    t.strictSame(await writer.append(elsewhere), { status: 'mismatch' });
    t.match(await writer.append(say(logs, 'hello', 1)), { status: 'repeated' });
    t.equal((await events.head(logs.partitions - 1)).position, 2);
  },

  'numbers are of a session: another one has its own': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    appended(await writer.append(say(logs, 'hello', 1)));
    appended(await writer.append(say(logs, 'hello', 1, 's2')));
    appended(await writer.append(commitTo(logs.stream('room'), messagePosted('hello'))));
    t.equal((await events.readStream({ stream: logs.stream('room'), limit: 9 })).length, 3);
  },

  'a repeated commit is known to other servers, and after opening again': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    const first = appended(await one.events.writer('a', 1).append(say(logs, 'hello', 7)));
    const there = await other.events.writer('b', 1).append(say(logs, 'hello', 7));
    t.strictSame(there, { status: 'repeated', first });
    const { events } = await log.reopen();
    const later = await events.writer('a', 2).append(say(logs, 'hello', 7));
    t.strictSame(later, { status: 'repeated', first });
  },

  'a commit that was refused has not used its number': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const stream = logs.stream('session');
    const open = (expected: number): Commit => ({
      parts: [{ stream, expected, events: [sessionOpened('alice')] }],
      once: { session: 's1', sequence: 1 },
    });
    t.match(await writer.append(open(5)), { status: 'conflict' });
    const first = appended(await writer.append(open(0)));
    // What it expected was true of the first one.
    t.strictSame(await writer.append(open(0)), { status: 'repeated', first });
  },

  'what expects a revision that no stream has is never written, and learns what became of the first':
    async (t, logs) => {
      const log = await logs.make(t);
      const [one, other] = [await log.open(), await log.open()];
      const writer = other.events.writer('b', 1);
      const ask = (text: string) => writer.append(expecting(noRevision, say(logs, text, 1)));
      // Neither where the stream has no event, nor where it has.
      t.match(await ask('hello'), { status: 'conflict', revision: 0 });
      const first = appended(await one.events.writer('a', 1).append(say(logs, 'hello', 1)));
      t.strictSame(await ask('hello'), { status: 'repeated', first });
      t.strictSame(await ask('bye'), { status: 'mismatch' });
      t.match(await writer.append(expecting(noRevision, say(logs, 'hello', 2))), {
        status: 'conflict',
        revision: 1,
      });
      const { events } = await log.open();
      t.equal((await events.readStream({ stream: logs.stream('room'), limit: 9 })).length, 1);
    },

  'of many at the same moment one is written, and all get its answer': async (t, logs) => {
    const log = await logs.make(t);
    const writers = [await log.open(), await log.open()].map(({ events }, index) =>
      events.writer(`s${index}`, 1),
    );
    const race = writers.flatMap((writer) => times(10, () => writer.append(say(logs, 'hello', 3))));
    const outcomes = await Promise.all(race);
    t.same(tally(outcomes), { appended: 1, repeated: 19 });
    const first = outcomes.find(({ status }) => status === 'appended');
    for (const outcome of outcomes) {
      if (outcome.status === 'repeated') t.strictSame(outcome.first, first);
    }
    const { events } = await log.open();
    t.equal((await events.readStream({ stream: logs.stream('room'), limit: 9 })).length, 1);
  },
};

/** A numbered message. Asking again makes a new event: with another id and another cause. */
const say = (logs: TestLogs, text: string, sequence: number, session = 's1'): Commit => ({
  ...commitTo(logs.stream('room'), messagePosted(text)),
  once: { session, sequence },
});

const expecting = (expected: number, commit: Commit): Commit => ({
  ...commit,
  parts: commit.parts.map((part) => ({ ...part, expected })),
});
