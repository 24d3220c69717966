import { ok } from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { LogArchive } from '../../../adapters/log-file/archive.ts';
import { joinedWith, steadyLog } from '../../../adapters/log-file/joined.ts';
import { openMemory } from '../../../adapters/memory/event-store.ts';
import { encodeEvent } from '../../../adapters/record-codec.ts';
import type { EventStore } from '../../../core/event-store.ts';
import type { LogSource, StoredLog } from '../../../core/log-source.ts';
import { epochStream } from '../../../core/stream.ts';
import { commitTo, messagePosted, newEvent } from '../../support/events.ts';

/** A log of two partitions, of which the second has eleven records; and a folder. */
async function talked(t: Test) {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-archive-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const { events } = openMemory({ partitions: 2 });
  const writer = events.writer('a', 1);
  for (let number = 0; number < 10; number++)
    await writer.append({ partition: 1, ...commitTo('room:x', messagePosted(String(number))) });
  const whole = await events.readStored(1, 1, 100);
  return { dir, events, whole, archive: new LogArchive(dir) };
}

async function trim(events: EventStore, before: number): Promise<void> {
  const { epoch } = await events.head(1);
  await events.snapshots.keep(1, { epoch, through: before - 1 }, []);
  await events.trim(1, before, epoch);
}

const live = (events: EventStore): StoredLog => ({
  info: events.info,
  head: (partition) => events.head(partition),
  readStored: (partition, from, limit) => events.readStored(partition, from, limit),
  close: async () => {},
});

await test('each run writes what is not in the archive yet, under its bounds', async (t) => {
  const { dir, events, archive } = await talked(t);
  t.equal(await archive.add(events, 1, 5), join(dir, 'log-p1-1-4.ndjson.gz'));
  t.equal(await archive.add(events, 1, 5), undefined);
  t.equal(await archive.add(events, 1, 3), undefined);
  await trim(events, 5);
  t.equal(await archive.add(events, 1, 9), join(dir, 'log-p1-5-8.ndjson.gz'));
  t.equal(await archive.add(events, 0, 2), join(dir, 'log-p0-1-1.ndjson.gz'));
  t.equal(readdirSync(dir).length, 3);
});

await test('an archive, and what is left of its log, are read as one history', async (t) => {
  const { events, archive, whole } = await talked(t);
  for (const before of [4, 7, 10]) {
    await archive.add(events, 1, before);
    await trim(events, before);
  }
  const archived = await archive.open();
  ok(archived !== undefined);
  t.match(await archived.head(1), { first: 1, position: 9 });
  t.match(await archived.head(0), { position: 0 });
  t.same(await archived.readStored(1, 1, 100), whole.slice(0, 9));
  t.same(await archived.readStored(1, 3, 2), whole.slice(2, 4));
  t.same(await archived.readStored(0, 1, 10), []);
  const log = await joinedWith(archive, live(events));
  t.match(await log.head(1), { first: 1, position: 11 });
  for (const [from, limit] of [
    [1, 100],
    [3, 5],
    [8, 3],
    [10, 5],
    [12, 5],
  ] as const)
    t.same(await log.readStored(1, from, limit), whole.slice(from - 1, from - 1 + limit));
  t.equal((await log.readStored(0, 1, 10)).length, 1);
  await archived.close();
  await log.close();
});

await test('an archive that does not make one history with the log is refused', async (t) => {
  const { events, archive } = await talked(t);
  await archive.add(events, 1, 4);
  await trim(events, 7);
  const refused = (message: RegExp) => t.rejects(joinedWith(archive, live(events)), { message });
  await refused(/from position 4 to 6 of partition 1 is neither in the archive nor in the log/);
  const late = await talked(t);
  await trim(late.events, 4);
  await late.archive.add(late.events, 1, 7);
  await t.rejects(joinedWith(late.archive, live(late.events)), {
    message: /before position 4 of partition 1 is neither/,
  });
  const other = await talked(t);
  await other.archive.add(other.events, 1, 9);
  await t.rejects(joinedWith(other.archive, live(late.events)), {
    message: /archive is of another log/,
  });
  const short = openMemory({ partitions: 2 });
  await t.rejects(joinedWith(other.archive, live(short.events)), {
    message: /archive is of another log/,
  });
});

await test('nothing is added to an archive of another log, so that nothing is taken for archived', async (t) => {
  const { dir, archive, events } = await talked(t);
  await archive.add(events, 1, 6);
  const other = await talked(t);
  const refused = () =>
    t.rejects(archive.add(other.events, 1, 9), { message: /archive is of another log/ });
  await refused();
  await trim(other.events, 6);
  await refused();
  const short = openMemory({ partitions: 2 });
  await t.rejects(archive.add(short.events, 1, 2), { message: /archive is of another log/ });
  t.same(readdirSync(dir), ['log-p1-1-5.ndjson.gz']);
});

await test('a log that was set back goes on in its archive only behind what that has', async (t) => {
  const { archive, events, whole } = await talked(t);
  const [begun] = whole;
  ok(begun !== undefined);
  await archive.add(events, 1, 6);
  await trim(events, 6);
  const { epoch } = await events.head(1);
  const setBack = (from: number): LogSource => {
    const started = { epoch: 'e2', previous: epoch, from };
    const event = newEvent({ type: 'EpochStarted', data: started });
    const last = { ...begun, position: 11, stream: epochStream, ...encodeEvent(event) };
    return {
      info: events.info,
      head: async (partition) => ({ ...(await events.head(partition)), epoch: 'e2' }),
      readStored: async (partition, first, limit) =>
        (await events.readStored(partition, first, limit)).map((one) =>
          one.position === 11 ? last : one,
        ),
    };
  };
  await t.rejects(archive.add(setBack(5), 1, 9), { message: /archive is of another log/ });
  t.match(await archive.add(setBack(6), 1, 8), /log-p1-6-7/);
});

await test('what two servers archived at once is read once', async (t) => {
  const { dir, events, archive, whole } = await talked(t);
  await archive.add(events, 1, 4);
  const other = mkdtempSync(join(tmpdir(), 'securechat-archive-'));
  t.teardown(() => rmSync(other, { recursive: true }));
  const file = await new LogArchive(other).add(events, 1, 7);
  renameSync(file ?? '', join(dir, 'log-p1-1-6.ndjson.gz'));
  await archive.add(events, 1, 9);
  const log = await joinedWith(archive, live(events));
  t.same(await log.readStored(1, 1, 100), whole);
  await log.close();
});

await test('whoever reads a log is told of what is trimmed meanwhile', async (t) => {
  const { events, archive, whole } = await talked(t);
  await archive.add(events, 1, 4);
  await trim(events, 4);
  const logs = [await steadyLog(live(events)), await joinedWith(archive, live(events))];
  await trim(events, 7);
  for (const log of logs) {
    await t.rejects(log.readStored(1, 4, 10), { message: /was trimmed while it was read/ });
    t.same(await log.readStored(1, 7, 100), whole.slice(6));
  }
  await logs[1]?.close();
});

await test('an archive that lacks a file between others is refused, and one without files is none', async (t) => {
  const { dir, events, archive } = await talked(t);
  t.equal(await archive.open(), undefined);
  for (const before of [4, 7, 10]) await archive.add(events, 1, before);
  rmSync(join(dir, 'log-p1-4-6.ndjson.gz'));
  await t.rejects(archive.open(), /lacks position 4/);
});
