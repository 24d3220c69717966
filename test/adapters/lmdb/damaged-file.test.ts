import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Test, test } from 'tap';

import { checkDataFile } from '../../../adapters/lmdb/data-file.ts';
import { openDatabase, openFolder } from '../../../adapters/lmdb/data-folder.ts';
import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { commitTo, messagePosted } from '../../support/events.ts';

const pageBytes = 4_096;

function newDir(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-damaged-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A folder with a log of many pages, texts that have pages of their own included. */
async function written(t: Test): Promise<string> {
  const dir = newDir(t);
  const stores = await openLmdb({ dir });
  const writer = stores.events.writer('a', 1);
  for (let round = 0; round < 3; round++) {
    const texts = Array.from({ length: 200 }, (_, place) => 'x'.repeat(place % 2 ? 3_000 : 30));
    await Promise.all(texts.map((text) => writer.append(commitTo('room:r', messagePosted(text)))));
  }
  await stores.close();
  return dir;
}

/** Opens the log of a folder and reads it, in a process of its own: a damaged file may end it. */
function readElsewhere(dir: string): { readonly status: number | null; readonly said: string } {
  const adapter = join(import.meta.dirname, '../../../adapters/lmdb/event-store.js');
  const program = `
    import { openLmdb } from ${JSON.stringify(pathToFileURL(adapter).href)};
    try {
      const stores = await openLmdb({ dir: ${JSON.stringify(dir)} });
      console.log('read', (await stores.events.readAll(0, 1, 10_000)).length);
      await stores.close();
    } catch (error) {
      console.log(error.name + ': ' + error.message);
    }
  `;
  const args = ['--input-type=module', '--eval', program];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, said: stdout.trim() };
}

const refusal = (dir: string, reason: string): { status: number; said: string } => ({
  status: 0,
  said: `StoreUnusable: The data folder ${dir} cannot be used (${reason}). Choose another with --data.`,
});
const damaged = 'its data.mdb is damaged, or only a part of what it was';

await test('a log that was cut short anywhere is refused in one sentence', async (t) => {
  const whole = await written(t);
  const { size } = statSync(join(whole, 'data.mdb'));
  t.ok(size > 100 * pageBytes);
  t.same(readElsewhere(whole), { status: 0, said: 'read 601' });
  const half = Math.floor(size / 2);
  for (const bytes of [5_000, 2 * pageBytes, half, half - (half % pageBytes), size - 3_000]) {
    const dir = join(newDir(t), String(bytes));
    mkdirSync(dir);
    copyFileSync(join(whole, 'data.mdb'), join(dir, 'data.mdb'));
    truncateSync(join(dir, 'data.mdb'), bytes);
    t.same(readElsewhere(dir), refusal(dir, damaged), `${bytes} of ${size} bytes`);
  }
});

await test('a log whose tables are blank, as a copy leaves them, is refused', async (t) => {
  const dir = await written(t);
  const file = join(dir, 'data.mdb');
  const content = readFileSync(file);
  writeFileSync(file, content.fill(0, 2 * pageBytes));
  t.same(readElsewhere(dir), refusal(dir, damaged));
});

await test('a log that has become an empty file is not begun anew in silence', async (t) => {
  const dir = await written(t);
  truncateSync(join(dir, 'data.mdb'), 0);
  const reason =
    'its data.mdb is empty and what was in it is lost: put a backup there, or remove it to begin a new log';
  t.same(readElsewhere(dir), refusal(dir, reason));
  rmSync(join(dir, 'data.mdb'));
  t.same(readElsewhere(dir), { status: 0, said: 'read 1' });
});

await test('an empty file of a process that was killed while it made the log is no hindrance', (t) => {
  const dir = newDir(t);
  for (const name of ['data.mdb', '.making']) writeFileSync(join(dir, name), '');
  t.same(readElsewhere(dir), { status: 0, said: 'read 1' });
  t.ok(statSync(join(dir, 'data.mdb')).size > 0);
  t.end();
});

await test('a log may end before its last pages where nothing is in them', async (t) => {
  const dir = newDir(t);
  const file = join(dir, 'data.mdb');
  const root = openDatabase(openFolder(dir));
  const table = root.openDB<Buffer, Buffer>('t', { encoding: 'binary', keyEncoding: 'binary' });
  for (let place = 0; place < 50; place++) await table.put(Buffer.from([place]), Buffer.alloc(100));
  root.transactionSync(() => {
    table.putSync(Buffer.from('large'), Buffer.alloc(200 * pageBytes));
    table.removeSync(Buffer.from('large'));
  });
  t.ok(statSync(file).size < 200 * pageBytes, 'what was removed at once was not written');
  checkDataFile(file);
  await root.close();
  truncateSync(file, statSync(file).size - pageBytes);
  t.throws(() => checkDataFile(file), { message: damaged });
});
