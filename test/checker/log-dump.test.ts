import { deepStrictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { test } from 'tap';
import { startRedis } from '../support/redis-process.ts';
import { checkRun } from './checker.ts';
import { dumpRedis, type RawRecord, readDump, writeDump } from './log-dump.ts';
import { Story } from './story.ts';

/** Alice and bob and so many messages, and an account, which is listed by a link. */
function story(messages: number): Story {
  const told = new Story();
  for (const user of ['alice', 'bob']) told.login(user);
  for (let number = 1; number <= messages; number++) told.say('alice', `m${number} ü`);
  told.log.append('account:eve', { type: 'AccountRegistered', data: { user: 'eve' } });
  told.log.spoil(-1, () => ({ link: { stream: 'accounts', revision: 1 } }));
  return told.finish();
}

/** Writes a log as the store does, as far as the dump reads it. */
async function store(url: string, records: readonly RawRecord[], partition: number): Promise<void> {
  const redis = new Redis(url);
  try {
    const pipeline = redis.pipeline();
    for (const { position, stream, revision, at, meta, body, link } of records) {
      const fields: (string | Buffer | number)[] = ['s', stream, 'r', revision, 'a', at, 'm', meta];
      if (body !== undefined) fields.push('b', Buffer.from(body));
      if (link !== undefined) fields.push('l', link.stream, 'q', link.revision);
      pipeline.xadd(`sc:{${partition}}:log`, `${position}-0`, ...fields);
    }
    await pipeline.exec();
  } finally {
    redis.disconnect();
  }
}

async function gathered(dump: AsyncIterable<RawRecord>): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const record of dump) records.push(record);
  return records;
}

/** Each kind of byte array is its own; here only the bytes count. */
const comparable = (records: Iterable<RawRecord>): readonly object[] =>
  [...records].map(({ body, ...record }) => ({ ...record, body: body && Buffer.from(body) }));

await test('a dump of Redis is the log, of every partition, and can be judged', async (t) => {
  await using redis = await startRedis();
  const { log, histories } = story(2_500);
  const other = story(1).log.records.map((record) => ({ ...record, partition: 12 }));
  await store(redis.url, log.records, 0);
  await store(redis.url, other, 12);
  await redis.command('SET', 'sc:{0}:lease:one', 'x');
  const records = await gathered(dumpRedis(redis.url));
  deepStrictEqual(comparable(records), comparable([...log.records, ...other]));
  const first = records.filter(({ partition }) => partition === 0);
  const { ok, totals } = await checkRun({ log: first, histories });
  t.ok(ok);
  t.equal(totals.messages, 2_500);
});

await test('an entry that is no record, and a Redis that is away, are errors', async (t) => {
  await using redis = await startRedis();
  await redis.command('XADD', 'sc:{0}:log', '1-0', 's', 'epoch', 'r', '1', 'a', '1');
  await t.rejects(gathered(dumpRedis(redis.url)), /entry 1-0 of partition 0 has no m/);
  await redis.command('DEL', 'sc:{0}:log');
  await redis.command('XADD', 'sc:{0}:log', '1-7', 's', 'epoch');
  await t.rejects(gathered(dumpRedis(redis.url)), /partition 0 has an entry named 1-7/);
  await redis.kill9();
  await t.rejects(gathered(dumpRedis(redis.url)), /ECONNREFUSED|closed/);
});

await test('a dump kept in a file is the same when it is read', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const { records } = story(20).log;
  t.equal(await writeDump(path, records), records.length);
  deepStrictEqual(comparable(readDump(path)), comparable(records));
});
