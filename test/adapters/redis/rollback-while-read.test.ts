import { isDeepStrictEqual } from 'node:util';
import { type Test, test } from 'tap';

import { parseAddress } from '../../../adapters/redis/address.ts';
import { Connection } from '../../../adapters/redis/connection.ts';
import { KnownLog } from '../../../adapters/redis/known-log.ts';
import { Link } from '../../../adapters/redis/link.ts';
import { Reader } from '../../../adapters/redis/reader.ts';
import { loadScripts } from '../../../adapters/redis/scripts.ts';
import { RedisWriter } from '../../../adapters/redis/writer.ts';
import type { RedisProcess } from '../../support/redis-process.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from '../contract/collector.ts';
import { copyable } from './copyable.ts';
import { Journal } from './journal.ts';
import { allRecords, holds, opened, proxyFor, redisFor } from './opened.ts';

const log = 'sc:{0}:log';

await test('a log that is set back while it is read for the first time is read as one log', async (t) => {
  const { redis, copy } = await copyable(t);
  const writing = await opened(t, redis);
  const journal = new Journal(writing.events.writer('a', 1));
  await journal.sayMany(300);
  await copy.take();
  await journal.sayMany(600);
  await writing.close();
  const proxy = await proxyFor(t, redis);
  const stores = await opened(t, proxy);
  proxy.dropReplies((_reply, request) => {
    const isSecondPage = request.includes('513-0');
    if (isSecondPage) proxy.refuse();
    return isSecondPage;
  });
  const read = stores.events.readAll(0, 1, 10_000);
  await until(() => proxy.dropped > 0, { what: 'the read to be cut off', withinMs: 5_000 });
  await copy.restore();
  // Somebody who knows nothing of what was lost.
  const stranger = await opened(t, redis);
  await new Journal(stranger.events.writer('b', 1)).sayMany(250);
  proxy.pass();
  await proxy.accept();
  t.ok(isDeepStrictEqual(await read, await allRecords(stranger)));
});

await test('a page that comes after the log was found to be set back is given to nobody', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const known = new KnownLog(0, 1);
  const link = await linkTo(t, redis, known);
  const options = { link, logs: [known], partitions: 1, server: 'a', incarnation: 1 };
  const journal = new Journal(new RedisWriter({ ...options, onAppended: () => undefined }));
  await journal.sayMany(9);
  await redis.command('COPY', log, 'saved');
  const collector = new Collector(startOf([0]));
  const reader = new Reader({
    link,
    dial: () => Connection.open(parseAddress(`redis://127.0.0.1:${proxy.port}`)),
    known,
    group: 'reader:1',
    cursor: { partition: 0, position: 0 },
    subscriber: collector,
  });
  t.teardown(() => reader.close());
  await holds(collector, 10);
  let isWaiting = false;
  proxy.dropReplies((reply, request) => {
    // The end of a wait for records, after which the reader asks for a page.
    if (isWaiting || !request.includes('XREADGROUP') || !reply.toString().startsWith('*-1'))
      return false;
    isWaiting = true;
    proxy.blackhole('toServer');
    return false;
  });
  await until(() => isWaiting, { what: 'the reader to have waited in vain', withinMs: 10_000 });
  await journal.sayMany(5);
  proxy.blackhole('toClient');
  await until(async () => /cmd=xrange/.test(String(await redis.command('CLIENT', 'LIST'))), {
    what: 'the page to be on its way',
    withinMs: 1_500,
  });
  await redis.command('COPY', 'saved', log, 'REPLACE');
  t.match(await journal.say(), { status: 'unavailable' });
  t.equal(known.generation, 1);
  proxy.pass();
  await journal.sayMany(5);
  const records = await allRecords(await opened(t, redis));
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
});

async function linkTo(t: Test, { url }: RedisProcess, known: KnownLog): Promise<Link> {
  const link = await Link.open({
    dial: () => Connection.open(parseAddress(url)),
    prepare: async (connection) => {
      await loadScripts(connection);
      await known.check(connection);
    },
  });
  t.teardown(() => link.close());
  return link;
}
