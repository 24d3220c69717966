import { type Test, test } from 'tap';

import type { EventStore, Recorded } from '../../../core/event-store.ts';
import { commitTo, directMessagePosted, messagePosted } from '../../support/events.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { allRecords, follow, holds, opened, redisFor } from './opened.ts';

const room = 'room:lobby';
const index = `sc:{0}:stream:${room}`;
const heads = 'sc:{0}:heads';

/** What somebody can do to a stream's index. */
const damages: Readonly<Record<string, readonly (readonly string[])[]>> = {
  deleted: [['DEL', index]],
  'short of its last entries': [
    ['XDEL', index, '99-0'],
    ['XDEL', index, '100-0'],
  ],
  'short of an entry in its middle': [['XDEL', index, '40-0']],
  'pointing elsewhere': [
    ['DEL', index],
    ...Array.from({ length: 100 }, (_, place) => ['XADD', index, `${place + 1}-0`, 'p', '1']),
  ],
  'said to be longer than it is': [['HSET', heads, room, '150']],
  'said to be shorter than it is': [['HSET', heads, room, '50']],
  'not mentioned in the heads': [['HDEL', heads, room]],
};

for (const [name, commands] of Object.entries(damages)) {
  await test(`a stream whose index is ${name} is read whole`, async (t) => {
    const { redis, events, records } = await talkedInRoom(t);
    for (const forwards of [true, false]) {
      for (const command of commands) await run(redis, command);
      const direction = forwards ? 'forwards' : 'backwards';
      const read = await events.readStream({ stream: room, direction, limit: 200 });
      t.strictSame(read, forwards ? records : records.toReversed());
    }
    t.equal(await redis.command('XLEN', index), 100, 'and mended');
  });

  await test(`a stream whose index is ${name} is appended to rightly`, async (t) => {
    const { redis, stores, events } = await talkedInRoom(t);
    for (const command of commands) await run(redis, command);
    const journal = new Journal(events.writer('b', 1));
    await journal.sayMany(10);
    const log = await allRecords(stores);
    t.same(journal.faults(log), []);
    t.same(journal.tally, { appended: 10 });
    const read = await events.readStream({ stream: room, limit: 200 });
    t.same(
      read.map(({ revision }) => revision),
      Array.from({ length: 110 }, (_, place) => place + 1),
    );
  });
}

await test("a linked stream's index is rebuilt from the links", async (t) => {
  const redis = await redisFor(t);
  const { events } = await opened(t, redis);
  const writer = events.writer('a', 1);
  for (const [from, to] of ['xb', 'yb', 'xc', 'xb'].map((pair) => pair.split(''))) {
    const said = directMessagePosted(from ?? '', to ?? '', 'hello');
    await writer.append(commitTo(`direct:${from}:${to}`, said));
  }
  const query = { stream: 'inbox:b', limit: 9 };
  const before = await events.readStream(query);
  t.equal(before.length, 3);
  await redis.command('DEL', 'sc:{0}:stream:inbox:b');
  t.strictSame(await events.readStream(query), before);
});

/** What somebody can do to a partition's heads. */
const headDamages: Readonly<Record<string, readonly string[]>> = {
  deleted: ['DEL', heads],
  'behind the log': ['HSET', heads, ':position', '50'],
  'ahead of the log': ['HSET', heads, ':position', '500'],
  'without an epoch': ['HDEL', heads, ':epoch'],
  'without a time': ['HDEL', heads, ':at'],
};

for (const [name, command] of Object.entries(headDamages)) {
  await test(`heads that are ${name} are rebuilt from the log`, async (t) => {
    const { redis, stores, events } = await talkedInRoom(t);
    const whole = await allRecords(stores);
    const { epoch } = await events.head(0);
    await run(redis, command);
    t.same(await events.head(0), { position: 101, first: 1, epoch });
    await run(redis, command);
    const journal = new Journal(events.writer('b', 1));
    t.match(await journal.say(), { status: 'appended', position: 102, revisions: [101] });
    await run(redis, command);
    const again = await opened(t, redis);
    t.same(await again.events.head(0), { position: 102, first: 1, epoch });
    t.strictSame((await allRecords(stores)).slice(0, 101), whole);
    t.same(await redis.command('HMGET', heads, room, 'epoch'), ['101', '1']);
  });
}

await test('indexes and heads are rebuilt while others go on appending', async (t) => {
  const redis = await redisFor(t);
  const [one, other] = [await opened(t, redis), await opened(t, redis)];
  const collector = follow(other);
  const journal = new Journal(one.events.writer('a', 1));
  const elsewhere = new Journal(other.events.writer('b', 1), 'room:elsewhere');
  const talking = [journal.keepSaying(8), elsewhere.keepSaying(8)];
  for (let round = 1; round <= 10; round++) {
    const before = journal.count('appended');
    await redis.command('DEL', round % 2 === 0 ? index : heads);
    await other.events.readStream({ stream: room, limit: 10 });
    await until(() => journal.count('appended') > before + 20, {
      what: 'something to be appended',
      withinMs: 10_000,
    });
  }
  journal.stop();
  elsewhere.stop();
  await Promise.all(talking);
  const records = await allRecords(one);
  t.same([...journal.faults(records), ...elsewhere.faults(records)], []);
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  const said = await one.events.readStream({ stream: room, limit: 100_000 });
  t.strictSame(
    said,
    records.filter(({ stream }) => stream === room),
  );
});

await test('a record that was taken out of the log is missed, and said to be missing', async (t) => {
  const { redis, stores, events } = await talkedInRoom(t);
  await redis.command('XDEL', 'sc:{0}:log', '50-0');
  await t.rejects(events.readAll(0, 1, 200), { name: 'StoreUnreachable', message: /lacks.* 50/ });
  const collector = follow(stores);
  await until(() => collector.faults.length > 0, { what: 'a failure', withinMs: 10_000 });
  t.match(collector.faults, [/lacks position 50/]);
  t.match(await new Journal(events.writer('b', 1)).say(), { status: 'appended', position: 102 });
});

interface Talked {
  readonly redis: RedisProcess;
  readonly stores: Awaited<ReturnType<typeof opened>>;
  readonly events: EventStore;
  /** Of the room. */
  readonly records: readonly Recorded[];
}

/** A hundred messages in one room. */
async function talkedInRoom(t: Test): Promise<Talked> {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const { events } = stores;
  const said = Array.from({ length: 100 }, (_, number) => messagePosted(String(number)));
  await events.writer('a', 1).append(commitTo(room, ...said));
  const records = await events.readStream({ stream: room, limit: 200 });
  return { redis, stores, events, records };
}

async function run(redis: RedisProcess, [name = '', ...args]: readonly string[]): Promise<void> {
  await redis.command(name, ...args);
}
