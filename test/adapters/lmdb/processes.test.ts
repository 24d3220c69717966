import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from '../contract/collector.ts';
import { idsOf, tally, times } from '../contract/log-under-test.ts';
import type { Answered } from './appending.ts';
import { Child } from './child-process.ts';

const withinMs = 15_000;
/** Enough for the file to outgrow its first map several times, with some 7 KB a commit. */
const commitsOfTheOther = 300;

function newDir(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-processes-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  return dir;
}

const say = (text: string) => commitTo('room:lobby', messagePosted(text));

await test('two processes append to one log, and a subscriber sees both', async (t) => {
  const dir = newDir(t);
  const stores = await openLmdb({ dir, own: true });
  const { events } = stores;
  const collector = new Collector(startOf([0]));
  events.subscribe('a:1', startOf([0]), collector);
  const other = new Child('append', dir);
  const writer = events.writer('a', 1);
  const own: string[] = [];
  while (other.said('appended').length < commitsOfTheOther) {
    const commit = say('x'.repeat(3_000));
    own.push(...idsOf(commit.parts.flatMap((part) => part.events)));
    t.match(await writer.append(commit), { status: 'appended' });
  }
  await other.kill9();
  t.same(other.said('refused'), []);
  const { position } = await events.head(0);
  await until(() => collector.size === position, { what: 'all records', withinMs });
  t.same(collector.faults, []);
  const seen = collector.records();
  t.same(idsOf(await events.readAll(0, 1, 1_000_000)), idsOf(seen));
  const answered = other.said('appended').map((line) => JSON.parse(line) as Answered);
  const missing = answered.filter(({ ids, position: first }) =>
    ids.some((id, index) => seen[first - 1 + index]?.id !== id),
  );
  t.same(missing, []);
  const mine = new Set(own);
  t.same(
    idsOf(seen).filter((id) => mine.has(id)),
    own,
  );
  await stores.close();
});

await test('what another process appends is seen without anybody saying so', async (t) => {
  const dir = newDir(t);
  const stores = await openLmdb({ dir, own: true });
  const { events } = stores;
  const collector = new Collector(startOf([0]));
  events.subscribe('a:1', startOf([0]), collector);
  const other = new Child('append', dir);
  await other.says('appended', 5);
  await other.kill9();
  const last = JSON.parse(other.said('appended').at(-1) ?? '') as Answered;
  const id = last.ids.at(-1);
  await until(() => idsOf(collector.records()).some((each) => each === id), {
    what: 'the last record',
    withinMs,
  });
  t.same(collector.faults, []);
  await stores.close();
});

await test('a full disk refuses appends and loses nothing, and reads go on', async (t) => {
  const dir = newDir(t);
  const child = new Child('fill', dir, 4 * 1024 * 1024);
  await child.ends();
  // A write that found room for a part of it is an input/output error to LMDB.
  const truthful = ['{"status":"unavailable","reason":"full"}', '{"status":"unknown"}'];
  t.ok(child.said('refused').length > 0);
  t.same(
    child.said('refused').filter((outcome) => !truthful.includes(outcome)),
    [],
  );
  t.same(child.said('read'), ['true']);
  const answered = child.said('appended').map((line) => JSON.parse(line) as Answered);
  const stores = await openLmdb({ dir, own: true });
  const records = await stores.events.readAll(0, 1, 1_000_000);
  t.ok(answered.length > 0);
  t.same(new Set(idsOf(records.slice(1))), new Set(answered.flatMap(({ ids }) => ids)));
  t.match(await stores.events.writer('a', 1).append(say('room again')), { status: 'appended' });
  await stores.close();
});

await test('a commit without events is answered when the disk has taken a write', async (t) => {
  const dir = newDir(t);
  const stores = await openLmdb({ dir, own: true });
  const writer = stores.events.writer('a', 1);
  t.match(await writer.append(say('first')), { status: 'appended' });
  const written = (): Buffer => readFileSync(join(dir, 'data.mdb'));
  const before = written();
  const nothing = { stream: 'room:lobby', expected: 'any', events: [] } as const;
  t.match(await writer.append({ parts: [nothing] }), { status: 'appended' });
  t.notOk(before.equals(written()), 'the file is another');
  t.equal((await stores.events.readAll(0, 1, 10)).length, 2, 'the log is the same');
  await stores.close();
});

await test('a process killed in the middle of writing holds nobody up', async (t) => {
  const dir = newDir(t);
  const stores = await openLmdb({ dir, own: true });
  const { events } = stores;
  const writer = events.writer('a', 1);
  t.match(await writer.append(say('before')), { status: 'appended' });
  const other = new Child('lock', dir);
  await other.says('locked');
  const waiting = writer.append(say('after'));
  t.equal((await events.head(0)).position, 2, 'readers are not held up');
  await other.kill9();
  t.match(await waiting, { status: 'appended', position: 3 });
  t.equal((await events.readAll(0, 1, 10)).length, 3);
  await stores.close();
});

await test('while another process holds the lock, appends are answered, and truthfully', async (t) => {
  const dir = newDir(t);
  const stores = await openLmdb({ dir, own: true });
  const { events } = stores;
  const writer = events.writer('a', 1);
  const other = new Child('lock', dir);
  await other.says('locked');
  other.pause();
  const outcomes = await Promise.all(times(20, (number) => writer.append(say(`${number}`))));
  t.same(tally(outcomes), { unavailable: 20 });
  await other.kill9();
  t.match(await writer.append(say('later')), { status: 'appended', position: 2 });
  const texts = await events.readStream({ stream: 'room:lobby', limit: 99 });
  t.equal(texts.length, 1, 'what was refused does not appear');
  await stores.close();
});
