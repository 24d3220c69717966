import { randomInt } from 'node:crypto';
import { test } from 'tap';

import { scripts } from '../../../adapters/redis/scripts.ts';
import { appendAnswerMsMax, StoreUnreachable } from '../../../core/event-store.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { count, reportCount } from '../../counts.ts';
import { Journal } from './journal.ts';
import { allRecords, follow, holds, opened, proxyFor, redisFor } from './opened.ts';

const isAppend = (_reply: Buffer, request: Buffer): boolean => request.includes(scripts.append.sha);

await test('a commit whose answer is lost is in the log once, and is answered truly', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const stores = await opened(t, redis);
  const writer = events.writer('a', 1);
  await writer.append(commitTo('room:lobby', messagePosted('first')));
  proxy.dropReplies(isAppend);
  const event = messagePosted('second');
  const answer = writer.append(commitTo('room:lobby', event));
  await until(() => proxy.dropped > 0, { what: 'the answer to be dropped', withinMs: 5_000 });
  proxy.pass();
  t.strictSame(await answer, { status: 'appended', position: 3, revisions: [2] });
  const records = await allRecords(stores);
  t.equal(records.length, 3);
  t.equal(records.at(-1)?.id, event.id);
});

await test('a hundred commits under way when their answer is lost are there once', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const journal = new Journal(events.writer('a', 1));
  proxy.dropReplies(isAppend);
  const said = journal.sayMany(100);
  await until(() => proxy.dropped > 0, { what: 'the answer to be dropped', withinMs: 5_000 });
  proxy.pass();
  await said;
  t.same(journal.tally, { appended: 100 });
  t.same(journal.faults(await allRecords(await opened(t, redis))), []);
});

await test('a commit that never reached Redis is sent again, under a new number', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const journal = new Journal(events.writer('a', 1));
  await journal.say();
  proxy.blackhole('toServer');
  const said = journal.sayMany(10);
  const before = proxy.connections.total;
  await until(() => proxy.connections.total > before, {
    what: 'the connection to be given up',
    withinMs: 5_000,
  });
  // What the black hole held is thrown away with its connection.
  proxy.reset();
  proxy.pass();
  await said;
  t.same(journal.tally, { appended: 11 });
  t.same(journal.faults(await allRecords(await opened(t, redis))), []);
});

await test('SCRIPT FLUSH is survived without a word', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  const asked = count('scriptsFlushed');
  let rounds = 0;
  for (; rounds < asked; rounds++) {
    await redis.command('SCRIPT', 'FLUSH');
    await journal.sayMany(20);
    await redis.command('SCRIPT', 'FLUSH');
    t.ok(await stores.leases.refresh('a', 'token'));
    await redis.command('SCRIPT', 'FLUSH');
    t.equal((await stores.events.readStream({ stream: 'room:lobby', limit: 1 })).length, 1);
  }
  t.same(journal.tally, { appended: 20 * asked });
  t.same(journal.faults(await allRecords(stores)), []);
  reportCount(t, 'scriptsFlushed', rounds);
});

await test('connections cut at random moments double nothing and lose nothing', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const journal = new Journal(events.writer('a', 1));
  const asked = count('writerCut');
  const talking = journal.keepSaying(8);
  let cuts = 0;
  for (; cuts < asked; cuts++) {
    const before = journal.count('appended');
    await until(() => journal.count('appended') > before, {
      what: 'something to be appended between two cuts',
      withinMs: 10_000,
    });
    await cutSomehow(proxy);
  }
  journal.stop();
  await talking;
  t.match(await journal.say('last'), { status: 'appended' });
  const stores = await opened(t, redis);
  t.same(journal.faults(await allRecords(stores)), []);
  t.comment(`${cuts} cuts: ${JSON.stringify(journal.tally)}`);
  reportCount(t, 'writerCut', cuts);
});

await test('Redis killed with -9 and restarted is used again at once, and has it all', async (t) => {
  const redis = await redisFor(t, { appendfsync: 'always' });
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  const asked = count('redisKills');
  let kills = 0;
  for (; kills < asked; kills++) {
    const talking = journal.keepSaying();
    await until(() => journal.count('appended') >= (kills + 1) * 50, {
      what: 'something to be appended',
      withinMs: 10_000,
    });
    await redis.kill9();
    await redis.restart();
    const restartedAt = performance.now();
    const [said, seen] = [journal.count('appended'), collector.size];
    await until(() => journal.count('appended') > said && collector.size > seen + 1, {
      what: 'accepting and consuming again',
      withinMs: 5_000,
    });
    t.comment(`again after ${Math.round(performance.now() - restartedAt)} ms`);
    journal.stop();
    await talking;
  }
  const records = await allRecords(stores);
  t.same(journal.faults(records), []);
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
  t.comment(JSON.stringify(journal.tally));
  reportCount(t, 'redisKills', kills);
});

await test('while Redis is stopped for 6 s everybody hears the truth within 3 s', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const collector = follow(stores);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  const talking = journal.keepSaying();
  await until(() => journal.count('appended') > 50, { what: 'talk', withinMs: 10_000 });
  await redis.pause();
  const pausedAt = performance.now();
  await until(() => performance.now() - pausedAt > 6_000, { what: '6 s', withinMs: 7_000 });
  const [said, seen] = [journal.count('appended'), collector.size];
  redis.resume();
  await until(() => journal.count('appended') > said && collector.size > seen, {
    what: 'accepting and consuming again',
    withinMs: 5_000,
  });
  journal.stop();
  await talking;
  t.ok(journal.count('unavailable/disconnected') > 0, 'some were refused');
  t.ok(journal.count('unknown') > 0, 'some were under way');
  const records = await allRecords(stores);
  t.same(journal.faults(records), []);
  await holds(collector, records.length);
  t.strictSame(collector.records(), records);
  t.same(collector.faults, []);
  t.comment(JSON.stringify(journal.tally));
});

await test('a writer whose key was deleted goes on', async (t) => {
  const redis = await redisFor(t);
  const stores = await opened(t, redis);
  const journal = new Journal(stores.events.writer('a', 1));
  await journal.sayMany(10);
  await redis.command('DEL', 'sc:{0}:writer:a');
  await journal.sayMany(10);
  t.same(journal.tally, { appended: 20 });
  t.same(journal.faults(await allRecords(stores)), []);
});

/** One of the ways in which a connection can end while something may be under way. */
async function cutSomehow(proxy: Awaited<ReturnType<typeof proxyFor>>): Promise<void> {
  const before = proxy.dropped;
  const way = randomInt(4);
  if (way === 0) return proxy.reset();
  if (way === 1) proxy.dropReplies(isAppend);
  else if (way === 2) proxy.cutBetween(isAppend, randomInt(4));
  else proxy.dropReplies(1);
  await until(() => proxy.dropped > before, { what: 'a cut', withinMs: 5_000 });
  proxy.pass();
}

await test('who asks a stopped Redis one thing after the other waits for the first alone', async (t) => {
  const redis = await redisFor(t);
  const { events } = await opened(t, redis);
  const journal = new Journal(events.writer('a', 1));
  await journal.say();
  await redis.pause();
  const startedAt = performance.now();
  for (let turn = 0; turn < 10; turn++) {
    const { status } = await journal.say();
    t.not(status, 'appended');
    await t.rejects(events.readStream({ stream: 'room:lobby', limit: 1 }), StoreUnreachable);
  }
  const tookMs = performance.now() - startedAt;
  // The first append, and the first read after it, which may have begun just before.
  t.ok(tookMs < 2 * appendAnswerMsMax, `twenty answers after ${Math.round(tookMs)} ms`);
  redis.resume();
  await until(async () => (await journal.say()).status === 'appended', {
    what: 'Redis to be there again',
    withinMs: 5_000,
  });
});
