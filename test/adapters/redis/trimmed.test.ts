import { type Test, test } from 'tap';

import type { Recorded } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { commitTo, messagePosted, serverStarted } from '../../support/events.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { copyable } from './copyable.ts';
import { allRecords, follow, holds, opened, redisFor } from './opened.ts';

const room = 'room:lobby';
const gone = 'room:gone';
const heads = 'sc:{0}:heads';
const keptFrom = 61;

/** A log of 1 + 20 + 80 records, of which the first 60 were trimmed; all of `gone` is among them. */
async function trimmedLog(
  t: Test,
  given?: RedisProcess,
  around: (isBefore: boolean) => Promise<void> = async () => {},
): Promise<{
  readonly redis: RedisProcess;
  readonly stores: Stores;
  readonly left: readonly Recorded[];
}> {
  const redis = given ?? (await redisFor(t));
  const stores = await opened(t, redis);
  const writer = stores.events.writer('a', 1);
  for (let number = 0; number < 20; number++)
    await writer.append(commitTo(gone, messagePosted(String(number), 'gone')));
  for (let number = 0; number < 80; number++)
    await writer.append(commitTo(room, messagePosted(String(number))));
  await around(true);
  // It may have been away.
  await allRecords(stores);
  t.same(await trim(stores, keptFrom), { status: 'trimmed', first: keptFrom });
  await around(false);
  const left = await allRecords(stores);
  t.equal(left.length, 41);
  return { redis, stores, left };
}

async function trim({ events }: Stores, before: number) {
  const { epoch } = await events.head(0);
  await events.snapshots.keep(0, { epoch, through: before - 1 }, []);
  return events.trim(0, before, epoch);
}

/** What somebody can do to what is made from the log. */
const damages: Readonly<Record<string, readonly string[]>> = {
  'whose heads are gone': ['DEL', heads],
  'whose heads say another position': ['HSET', heads, ':position', '70'],
  'whose heads say that nothing is missing': ['HSET', heads, ':missing', '0'],
  'whose heads do not know a stream': ['HDEL', heads, room],
  'whose index of a stream is gone': ['DEL', `sc:{0}:stream:${room}`],
  'whose index of a stream lacks an entry': ['XDEL', `sc:{0}:stream:${room}`, '60-0'],
};

for (const [name, [command = '', ...args]] of Object.entries(damages)) {
  await test(`a trimmed log ${name} is read and appended to as before`, async (t) => {
    const { redis, stores, left } = await trimmedLog(t);
    const { epoch } = await stores.events.head(0);
    await redis.command(command, ...args);
    const { events } = await opened(t, redis);
    t.strictSame(await events.head(0), { position: 101, first: keptFrom, epoch });
    t.strictSame(await events.readStream({ stream: room, limit: 1_000 }), left);
    const backwards = { stream: room, direction: 'backwards', limit: 1_000 } as const;
    t.strictSame(await events.readStream(backwards), left.toReversed());
    const writer = events.writer('b', 1);
    for (const [stream, revision] of [
      [gone, 20],
      [room, 80],
    ] as const) {
      const part = { stream, expected: revision, events: [messagePosted('next')] };
      t.match(await writer.append({ parts: [part] }), {
        status: 'appended',
        revisions: [revision + 1],
      });
    }
    t.match(await events.head(0), { position: 103, first: keptFrom });
    t.same(await trim(stores, 71), { status: 'trimmed', first: 71 });
    t.equal((await allRecords(stores)).length, 33);
  });
}

await test('a program that knew only what was trimmed takes its loss for no rollback', async (t) => {
  const { redis, stores } = await trimmedLog(t);
  const knowing = await opened(t, redis);
  await knowing.events.readAll(0, keptFrom, 5);
  const { epoch } = await stores.events.head(0);
  await trim(stores, 91);
  await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  await until(
    () =>
      knowing.events.head(0).then(
        () => true,
        () => false,
      ),
    {
      what: 'the connection to be back',
      withinMs: 10_000,
    },
  );
  t.equal((await knowing.events.head(0)).epoch, epoch);
  t.equal((await knowing.events.readAll(0, 1, 100)).length, 11);
});

for (const [when, copiedAfterTrim] of [
  ['after it was trimmed', true],
  ['before it was trimmed', false],
] as const) {
  await test(`a log that is set back to how it was ${when} begins another epoch at the right place`, async (t) => {
    const { redis, copy } = await copyable(t);
    const { stores } = await trimmedLog(t, redis, async (before) => {
      if (before !== copiedAfterTrim) await copy.take();
    });
    const writer = stores.events.writer('b', 1);
    for (let number = 0; number < 10; number++)
      await writer.append(commitTo(room, messagePosted(String(number))));
    await stores.events.readAll(0, 1, 1_000);
    const { epoch } = await stores.events.head(0);
    await copy.restore();
    const started = await until(
      async () => {
        const records = await stores.events.readAll(0, 1, 1_000).catch(() => []);
        const last = records.at(-1);
        return last?.event.type === 'EpochStarted' ? last : undefined;
      },
      { what: 'another epoch', withinMs: 10_000 },
    );
    t.match(started, { position: 102, event: { data: { previous: epoch, from: 102 } } });
    t.equal((await stores.events.head(0)).first, copiedAfterTrim ? keptFrom : 1);
    t.same(await trim(stores, 71), { status: 'trimmed', first: 71 });
    t.equal((await stores.events.readStream({ stream: room, limit: 1_000 })).length, 31);
  });
}

await test('a group that has not come so far holds a trim up, until its server has ended', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const writer = stores.events.writer('a', 1);
  await writer.append(commitTo('server:a', serverStarted('a', 1)));
  const collector = follow(stores, 'a:1');
  await holds(collector, 2);
  for (let number = 0; number < 20; number++)
    await writer.append(commitTo(room, messagePosted(String(number))));
  await holds(collector, 22);
  // What a server leaves behind that was killed.
  const left = 'sc:a:1:0123456789ab';
  await redis.command('XGROUP', 'CREATE', 'sc:{0}:log', left, '2-0');
  t.same(await trim(stores, 11), { status: 'held', by: left });
  t.equal((await stores.events.head(0)).first, 1);
  // Without the end's own care for the groups it has left.
  await redis.command('HSET', 'sc:{0}:writer:a', 'ended', '1');
  t.same(await trim(stores, 12), { status: 'trimmed', first: 12 });
  t.notOk((await groups(redis)).includes(left));
});

/** The names of the groups that read the log. */
async function groups(redis: RedisProcess): Promise<readonly string[]> {
  const reply = (await redis.command(
    'XINFO',
    'GROUPS',
    'sc:{0}:log',
  )) as readonly (readonly unknown[])[];
  return reply.map((group) => String(group[1]));
}
