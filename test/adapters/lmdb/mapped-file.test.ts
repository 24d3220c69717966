import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { lookIntoLmdb } from '../../../adapters/lmdb/stored-log.ts';
import { decodeRecord } from '../../../adapters/record-codec.ts';
import type { LogSource } from '../../../core/log-source.ts';
import { commitTo, messagePosted } from '../../support/events.ts';

const records = 600;
const textBytes = 150_000;
const pageSize = 20;
/** Of the file: what is mapped of it when the end of the log was read. */
const mappedShareMax = 0.5;

async function longLog(t: Test): Promise<string> {
  const dir = join(t.testdir(), 'data');
  const stores = await openLmdb({ dir });
  const writer = stores.events.writer('a', 1);
  for (let said = 0; said < records; said++)
    await writer.append(commitTo('room:lobby', messagePosted(`${said} `.padEnd(textBytes, '.'))));
  await writer.close();
  await stores.close();
  return dir;
}

/** Reads a log from its beginning to its end, and checks that each record is the right one. */
async function readWhole(t: Test, log: LogSource): Promise<void> {
  let expected = 1;
  for (;;) {
    const page = await log.readStored(0, expected, pageSize);
    if (page.length === 0) break;
    for (const stored of page) {
      const { position, event } = decodeRecord(stored);
      const isRight =
        position === 1 || ('text' in event && event.text.startsWith(`${position - 2} `));
      if (position !== expected || !isRight)
        t.fail(`position ${position} was read for ${expected}`);
      expected += 1;
    }
  }
  t.equal(expected, records + 2);
}

/** Linux alone tells how much of a file is mapped into this process. */
function checkMapped(t: Test, dir: string): void {
  if (process.platform !== 'linux') return;
  const file = join(dir, 'data.mdb');
  const maps = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const kilobytes = maps
    .filter((map) => map.includes(file))
    .map((map) => Number(/^Rss:\s+(\d+) kB$/m.exec(map)?.[1]));
  t.ok(kilobytes.length > 0, 'the file is mapped');
  const mapped = kilobytes.reduce((sum, some) => sum + some, 0) * 1_024;
  const { size } = statSync(file);
  t.ok(mapped < size * mappedShareMax, `of ${size} bytes ${mapped} are mapped`);
}

await test('a tool that has read a long log does not have all of it in memory, and goes on', async (t) => {
  const dir = await longLog(t);
  const stores = await openLmdb({ dir });
  const { events } = stores;
  await readWhole(t, events);
  checkMapped(t, dir);
  const writer = events.writer('a', 1);
  t.match(await writer.append(commitTo('room:lobby', messagePosted('more'))), {
    status: 'appended',
    position: records + 2,
  });
  const query = { stream: 'room:lobby', direction: 'backwards', limit: 1 } as const;
  t.match(await events.readStream(query), [{ event: { text: 'more' } }]);
  await writer.close();
  await stores.close();
});

await test('so it is with a log that is only looked at', async (t) => {
  const dir = await longLog(t);
  const log = await lookIntoLmdb(dir);
  await readWhole(t, log);
  checkMapped(t, dir);
  t.match(await log.head(0), { position: records + 1 });
  await log.close();
});

await test('a folder that is replaced while it is being read is not read on', async (t) => {
  const [dir, other] = [await longLog(t), join(t.testdirName, 'other')];
  await cp(dir, other, { recursive: true });
  for (const open of [openLmdb, ({ dir: folder }: { dir: string }) => lookIntoLmdb(folder)]) {
    const opened = await open({ dir });
    const log = 'events' in opened ? opened.events : opened;
    await rename(dir, `${dir}-before`);
    await t.rejects(readWhole(t, log), { name: 'StoreUnusable', message: /was replaced while/ });
    t.notOk(existsSync(dir), 'none is made in its place');
    await rename(other, dir);
    await t.rejects(readWhole(t, log), { name: 'StoreUnusable', message: /was replaced while/ });
    await opened.close();
    await rename(dir, other);
    await rename(`${dir}-before`, dir);
  }
});
