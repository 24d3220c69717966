import type { Commit } from '../../../core/event-store.ts';
import { partitionOf, serverStream } from '../../../core/stream.ts';
import { commitTo, messagePosted, serverLost, serverStarted } from '../../support/events.ts';
import { appended, type ContractTests, tally, type TestLogs, times } from './log-under-test.ts';

const fenced = { status: 'fenced' };

/** Sentence 8 of `EventStore`. */
export const fencingTests: ContractTests = {
  'an ended incarnation is fenced, a higher one is not': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    const lost = one.events.writer('a', 3);
    appended(await lost.append(say(logs)));
    const judge = other.events.writer('b', 1);
    t.match(await judge.append(end(logs, 'a', 3)), { status: 'appended', revisions: [] });
    t.strictSame(await lost.append(say(logs)), fenced);
    t.strictSame(await lost.append(say(logs)), fenced);
    t.strictSame(await one.events.writer('a', 3).append(say(logs)), fenced);
    t.strictSame(await one.events.writer('a', 2).append(say(logs)), fenced);
    appended(await one.events.writer('a', 4).append(say(logs)));
    appended(await judge.append(say(logs)));
  },

  'an incarnation that never wrote can end too, and those before it with it': async (t, logs) => {
    const { events } = await logs.open(t);
    appended(await events.writer('b', 1).append(end(logs, 'a', 3)));
    t.strictSame(await events.writer('a', 3).append(say(logs)), fenced);
    t.strictSame(await events.writer('a', 1).append(say(logs)), fenced);
    appended(await events.writer('a', 4).append(say(logs)));
  },

  'an incarnation ends once': async (t, logs) => {
    const { events } = await logs.open(t);
    const stream = serverStream('a');
    const home = partitionOf(stream, logs.partitions);
    appended(await events.writer('a', 1).append(commitTo(stream, serverStarted('a', 1))));
    const declare = (by: string) =>
      events.writer(by, 1).append({
        parts: [{ stream, expected: 'any', events: [serverLost('a', 1)] }],
        ends: { server: 'a', incarnation: 1 },
      });
    t.same(tally(await Promise.all([declare('b'), declare('c')])), { appended: 1, fenced: 1 });
    t.equal((await events.head(home)).position, 3);
  },

  'a refused commit ends nothing': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    appended(await writer.append(say(logs)));
    const parts = [{ stream: logs.stream('session'), expected: 9, events: [] }];
    const refused = { ...end(logs, 'a', 1), parts };
    t.match(await events.writer('b', 1).append(refused), { status: 'conflict' });
    appended(await writer.append(say(logs)));
  },

  'a server can end its own incarnation': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const said = writer.append(say(logs));
    const ended = writer.append({ ...say(logs), ends: { server: 'a', incarnation: 1 } });
    const late = writer.append(say(logs));
    t.same(tally(await Promise.all([said, ended])), { appended: 2 });
    t.strictSame(await late, fenced);
  },

  'what has ended stays so after the log was opened again': async (t, logs) => {
    const log = await logs.make(t);
    const { events } = await log.open();
    appended(await events.writer('b', 1).append(end(logs, 'a', 2)));
    const again = await log.reopen();
    t.strictSame(await again.events.writer('a', 2).append(say(logs)), fenced);
    t.strictSame(await again.events.writer('b', 1).append(end(logs, 'a', 2)), fenced);
    appended(await again.events.writer('a', 3).append(say(logs)));
  },

  'an incarnation ends in one partition at a time': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const judge = events.writer('b', 1);
    for (const partition of logs.all) appended(await writer.append(say(logs, partition)));
    for (const partition of logs.all) {
      appended(await judge.append(end(logs, 'a', 1, partition)));
      for (const other of logs.all) {
        const outcome = await writer.append(say(logs, other));
        t.equal(outcome.status, other <= partition ? 'fenced' : 'appended');
      }
    }
  },
  'a writer whose name was taken by a higher incarnation is fenced': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    const before = one.events.writer('a', 1);
    const after = other.events.writer('a', 3);
    appended(await before.append(say(logs)));
    appended(await after.append(say(logs)));
    t.strictSame(await before.append(say(logs)), fenced);
    appended(await after.append(say(logs)));
    t.strictSame(await one.events.writer('a', 2).append(say(logs)), fenced);
  },

  'a writer whose name another took with the same incarnation is fenced': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    const before = one.events.writer('a', 1);
    const after = other.events.writer('a', 1);
    appended(await before.append(say(logs)));
    appended(await after.append(say(logs)));
    t.strictSame(await before.append(say(logs)), fenced);
    t.strictSame(await before.append(say(logs)), fenced);
    appended(await after.append(say(logs)));
  },
  'tools write under one name at the same time': async (t, logs) => {
    const log = await logs.make(t);
    const stores = [await log.open(), await log.open()];
    const tools = stores.flatMap(({ events }) => [
      events.writer('tool', 0),
      events.writer('tool', 0),
    ]);
    const appends = times(40, (number) => tools[number % tools.length]?.append(say(logs)));
    const outcomes = await Promise.all(appends.flatMap((append) => append ?? []));
    t.same(tally(outcomes), { appended: 40 });
    await Promise.all(tools.map((tool) => tool.close()));
  },

  'a tool takes no name away from a server': async (t, logs) => {
    const { events } = await logs.open(t);
    const server = events.writer('a', 1);
    appended(await server.append(say(logs)));
    appended(await events.writer('a', 0).append(say(logs)));
    appended(await server.append(say(logs)));
  },
};

/** A commit to a room of the partition: the last unless told otherwise. */
const say = (logs: TestLogs, partition?: number): Commit =>
  commitTo(logs.stream('room', partition), messagePosted('x'));

/** A commit that only ends an incarnation, in that same partition. */
const end = (
  logs: TestLogs,
  server: string,
  incarnation: number,
  partition = logs.partitions - 1,
): Commit => ({
  partition,
  parts: [],
  ends: { server, incarnation },
});
