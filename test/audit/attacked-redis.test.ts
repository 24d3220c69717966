import { Redis } from 'ioredis';
import { test } from 'tap';

import { auditLog } from '../../adapters/audit/log-audit.ts';
import type { Evidence, LogReport } from '../../adapters/audit/partition-audits.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import { lookIntoRedis } from '../../adapters/redis/stored-log.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { auditStream } from '../../core/stream.ts';
import { Sealer } from '../../server/sealer.ts';
import { opened, redisFor } from '../adapters/redis/opened.ts';
import { count, reportCount } from '../counts.ts';
import { commitTo, messagePosted } from '../support/events.ts';
import { cut, edit, editWithLeaves, empty, insert, remove, reorder } from './attacks.ts';
import { kept } from './filed.ts';
import { SealedRecords, testKey } from './sealed-records.ts';

const logKey = 'sc:{0}:log';
const key = testKey();
const rounds = 8;
const perRound = 20;

await test('every attack on a log in Redis is found, where it was made', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const writer = stores.events.writer('a', 1);
  const sealer = new Sealer(stores.events, key, 'a');
  for (let round = 0; round < rounds; round++) {
    for (let said = 0; said < perRound; said++)
      await writer.append(commitTo('room:lobby', messagePosted(`${round} ${said}`)));
    await sealer.seal(0);
  }
  await stores.close();
  const raw = new Redis({ port: redis.port, protocol: 2 });
  t.teardown(() => raw.disconnect());
  const before = await lookIntoRedis({ url: redis.url });
  t.teardown(() => before.close());
  const records = await before.readStored(0, 1, 10_000);
  const notes = records.flatMap(({ stream, meta }) => {
    const { data } = JSON.parse(Buffer.from(meta).toString()) as { data: { note?: string } };
    return stream === auditStream(0) ? (data.note ?? []) : [];
  });
  const evidence: Evidence = { keys: [key.verifier], others: kept(notes) };
  const byItself: Evidence = { keys: [key.verifier], others: [] };
  const size = Math.max(...evidence.others.map((other) => other.size));

  const look = async (by: Evidence): Promise<LogReport> => auditLog(before, by, () => {});
  const put = async (attacked: readonly StoredRecord[]): Promise<void> => {
    const pipeline = raw.pipeline().del(logKey);
    for (const record of attacked) pipeline.xadd(logKey, `${record.position}-0`, ...fields(record));
    await pipeline.exec();
  };
  const positions = Array.from(
    { length: count('attackedPositions') },
    (_, index) => 1 + Math.floor((index * (size - 1)) / count('attackedPositions')),
  );
  const attacks = async (
    name: string,
    attack: (position: number) => Promise<void>,
    isFound: (report: LogReport, position: number) => boolean,
    by: Evidence = byItself,
  ): Promise<void> => {
    const astray: object[] = [];
    for (const position of positions) {
      await attack(position);
      const report = await look(by);
      const isRight = report.verdict === 'tampered' && isFound(report, position);
      if (!isRight) astray.push({ position, report: report.findings[0] });
    }
    t.same(astray, [], name);
    await put(records);
    reportCount(t, 'attackedPositions', positions.length);
  };
  t.equal((await look(evidence)).verdict, 'whole', 'as long as nobody has touched it');
  await put(records);
  t.equal((await look(evidence)).verdict, 'whole', 'nor by putting it back as it was');

  for (const [name, attack] of Object.entries({ edit, remove, insert, reorder }))
    await attacks(name, (position) => put(attack(records, position)), isExact);
  await attacks(
    'remove by XDEL',
    async (position) => {
      await put(records);
      await raw.xdel(logKey, `${position}-0`);
    },
    isExact,
  );
  await attacks(
    'insert between two positions',
    async (position) => {
      const [first, last] = [records.slice(0, position), records.slice(position)];
      await put(first);
      const again = records[position - 1];
      if (again === undefined) throw new Error('there is a record');
      await raw.xadd(logKey, `${position}-1`, ...fields(again));
      const pipeline = raw.pipeline();
      for (const record of last) pipeline.xadd(logKey, `${record.position}-0`, ...fields(record));
      await pipeline.exec();
    },
    isExact,
  );
  await attacks(
    'insert before the first position',
    async (position) => {
      const [first] = records;
      if (first === undefined) throw new Error('there is a record');
      await raw.del(logKey);
      await raw.xadd(logKey, `0-${position}`, ...fields(first));
      const pipeline = raw.pipeline();
      for (const record of records)
        pipeline.xadd(logKey, `${record.position}-0`, ...fields(record));
      await pipeline.exec();
    },
    ({ findings: [first] }) => first?.position === 0,
  );
  await attacks(
    'an edit that leaf hashes were made to fit',
    (position) => put(editWithLeaves(records, position)),
    isWithin,
  );
  await attacks(
    'cut',
    (position) => put(cut(records, position)),
    ({ findings }, position) =>
      findings.some((found) => found.position === position && /is missing/.test(found.what)),
    evidence,
  );
  await attacks(
    'empty',
    async () => put(empty(records, 1)),
    ({ findings: [first] }) => first?.position === 1,
    evidence,
  );
  await attacks(
    'fork',
    async (position) => {
      const fork = new SealedRecords(key, cut(records, position));
      while (fork.records.length < size) fork.say(10);
      fork.seal();
      await put(fork.records);
    },
    ({ findings: [first] }, position) => {
      const contradicted = evidence.others.find((other) => other.size >= position);
      return (
        first !== undefined && first.position <= position && first.through === contradicted?.size
      );
    },
    evidence,
  );
});

await test('looking at a log changes nothing of it, however it is', async (t) => {
  const redis = await redisFor(t);
  await (await openRedis({ url: redis.url })).close();
  const raw = new Redis({ port: redis.port, protocol: 2 });
  t.teardown(() => raw.disconnect());
  await raw.del(logKey, 'sc:{0}:heads');
  const keys = (await raw.keys('*')).toSorted();
  const log = await lookIntoRedis({ url: redis.url });
  t.teardown(() => log.close());
  const report = await auditLog(log, { keys: [], others: [] }, () => {});
  t.match(report, { verdict: 'tampered', findings: [{ position: 1 }] });
  t.same((await raw.keys('*')).toSorted(), keys);
  await raw.xadd(logKey, '1-0', 'x', 'y');
  t.match(await auditLog(log, { keys: [], others: [] }, () => {}), { verdict: 'tampered' });
});

function isExact({ findings: [first] }: LogReport, position: number): boolean {
  return first?.position === position && first.through === position;
}

function isWithin({ findings: [first] }: LogReport, position: number): boolean {
  return first !== undefined && first.position <= position && position <= first.through;
}

function fields({ stream, revision, at, meta, body, link }: StoredRecord): (string | Buffer)[] {
  return [
    's',
    stream,
    'r',
    String(revision),
    'a',
    String(at),
    'm',
    Buffer.from(meta),
    ...(body === undefined ? [] : ['b', Buffer.from(body)]),
    ...(link === undefined ? [] : ['l', link.stream, 'q', String(link.revision)]),
  ];
}
