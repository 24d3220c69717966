import { appendAnswerMsMax, type Recorded } from '../../../core/event-store.ts';
import { commitTo, messagePosted, newEvent } from '../../support/events.ts';
import { appended, idsOf, tally, textOf, times, type ContractTests } from './log-under-test.ts';

/** Sentences 3 to 6 and 10 of `EventStore`. */
export const orderTests: ContractTests = {
  'positions and revisions have no holes, whoever appends': async (t, logs) => {
    const log = await logs.make(t);
    const stores = [await log.open(), await log.open(), await log.open()];
    const rooms = logs.all.flatMap((partition) => logs.streams('room', 2, partition));
    const link = 'inbox:everybody';
    const linked = (text: string) =>
      newEvent({ type: 'DirectMessagePosted', data: { from: 'a', to: 'b' }, text }, { link });
    const appends = stores.flatMap(({ events }, index) => {
      const writer = events.writer(`s${index}`, 1);
      return times(100, (number) => {
        const text = `${index}/${number}`;
        const event = number % 3 === 0 ? linked(text) : messagePosted(text);
        return writer.append(commitTo(rooms[number % rooms.length] ?? '', event));
      });
    });
    t.same(tally(await Promise.all(appends)), { appended: 300 });
    const [first] = stores;
    const records = first === undefined ? [] : await log.records(first);
    t.equal(records.length, logs.partitions + 300);
    t.same(holesIn(records), []);
    t.same(timesRunningBackwards(records), []);
  },

  'at is milliseconds since 1970, by a clock that is about right': async (t, logs) => {
    const { events } = await logs.open(t);
    const room = logs.stream('room');
    appended(await events.writer('a', 1).append(commitTo(room, messagePosted('x'))));
    const [record] = await events.readStream({ stream: room, limit: 1 });
    t.ok(Math.abs((record?.at ?? 0) - Date.now()) < 60_000);
  },
  "a writer's appends are written in the order of its calls": async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const rooms = logs.all.map((partition) => logs.stream('room', partition));
    const appends = times(400, (number) =>
      writer.append(commitTo(rooms[number % rooms.length] ?? '', messagePosted(String(number)))),
    );
    const outcomes = await Promise.all(appends);
    t.same(tally(outcomes), { appended: 400 });
    for (const [index, stream] of rooms.entries()) {
      const numbers = (await events.readStream({ stream, limit: 999 })).map(textOf).map(Number);
      const expected = times(400, (number) => number);
      t.same(
        numbers,
        expected.filter((number) => number % rooms.length === index),
      );
    }
  },

  'closing a writer answers all that it holds, and answers truthfully': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const room = logs.stream('room');
    const said = times(300, (number) => messagePosted(String(number)));
    const startedAt = performance.now();
    const appends = said.map((event) => writer.append(commitTo(room, event)));
    await Promise.all([writer.close(), writer.close()]);
    const outcomes = await Promise.all(appends);
    t.ok(performance.now() - startedAt < appendAnswerMsMax);
    const wrote = said.filter((_, index) => outcomes[index]?.status === 'appended');
    const records = await events.readStream({ stream: room, limit: 999 });
    t.same(idsOf(records), idsOf(wrote));
    const others = outcomes.filter(({ status }) => status !== 'appended');
    for (const outcome of others) {
      t.strictSame(outcome, { status: 'unavailable', reason: 'closed' });
    }
    const late = await writer.append(commitTo(room, messagePosted('late')));
    t.strictSame(late, { status: 'unavailable', reason: 'closed' });
  },
  'a reader never sees a part of a commit, nor anything that goes again': async (t, logs) => {
    const log = await logs.make(t);
    const [writing, reading] = [await log.open(), await log.open()];
    const partition = logs.partitions - 1;
    const [one = '', other = ''] = logs.streams('room', 2);
    const writer = writing.events.writer('a', 1);
    const progress = { isWritten: false };
    const written = (async () => {
      for (let number = 0; number < 200; number++) {
        const [first, second] = [messagePosted(`${number}`), messagePosted(`${number}`)];
        const parts = [
          { stream: one, expected: 'any', events: [first, second] },
          { stream: other, expected: 'any', events: [messagePosted(`${number}`)] },
        ] as const;
        appended(await writer.append({ parts }));
      }
      progress.isWritten = true;
    })();
    let seen: readonly string[] = [];
    while (!progress.isWritten) {
      const now = idsOf(await reading.events.readAll(partition, 1, 10_000));
      if ((now.length - 1) % 3 !== 0) t.fail(`a part of a commit: ${now.length - 1} events`);
      if (seen.some((id, index) => id !== now[index])) t.fail('what was seen has changed');
      seen = now;
      // A memory store answers without leaving the event loop's turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
    t.equal((await reading.events.readAll(partition, 1, 10_000)).length, 601);
  },

  'what was answered is seen by everybody at once': async (t, logs) => {
    const log = await logs.make(t);
    const [writing, reading] = [await log.open(), await log.open()];
    const writer = writing.events.writer('a', 1);
    const room = logs.stream('room');
    for (let revision = 1; revision <= 20; revision++) {
      const { position } = appended(await writer.append(commitTo(room, messagePosted('x'))));
      const query = { stream: room, direction: 'backwards', limit: 1 } as const;
      t.match(await reading.events.readStream(query), [{ revision, position }]);
      t.equal((await reading.events.head(logs.partitions - 1)).position, position);
    }
  },
};

/** What is out of place in records that were read from each partition's first on. */
function holesIn(records: readonly Recorded[]): readonly string[] {
  const last = new Map<string, number>();
  const holes: string[] = [];
  const expectNext = (key: string, number: number): void => {
    if (number !== (last.get(key) ?? 0) + 1) holes.push(`${key}: ${last.get(key)} to ${number}`);
    last.set(key, number);
  };
  for (const { partition, position, stream, revision, link } of records) {
    expectNext(`log of ${partition}`, position);
    expectNext(`${stream} in ${partition}`, revision);
    if (link) expectNext(`${link.stream} in ${partition}`, link.revision);
  }
  return holes;
}

const timesRunningBackwards = (records: readonly Recorded[]): readonly Recorded[] =>
  records.filter(({ partition, at }, index) => {
    const before = records[index - 1];
    return before?.partition === partition && before.at > at;
  });
