import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { test } from 'tap';

import { type LogFileHeader, type LogFileLine, lineOf } from '../../../adapters/log-file/lines.ts';
import { readLogFile } from '../../../adapters/log-file/reader.ts';
import { openLogFile } from '../../../adapters/log-file/source.ts';
import { LogFileWriter } from '../../../adapters/log-file/writer.ts';
import { openMemory } from '../../../adapters/memory/event-store.ts';
import { StoreUnusable } from '../../../core/event-store.ts';
import type { StoredRecord } from '../../../core/log-source.ts';
import { commitTo, directMessagePosted, messagePosted } from '../../support/events.ts';

const header: LogFileHeader = { format: 1, partitions: 2, epochs: ['e0', 'e1'], key: null };
const checkpoint = { partition: 1, note: 'a note\n', range: ['AA=='], leaves: 'AAAA' };

/** A log of two partitions, with links and texts of any script, as it is kept. */
async function records(): Promise<readonly (readonly StoredRecord[])[]> {
  const { events } = openMemory({ partitions: 2 });
  const writer = events.writer('a', 1);
  for (let number = 0; number < 1_500; number++) {
    await writer.append({
      partition: 0,
      ...commitTo('room:lobby', messagePosted(`§ ${number} 🙂`)),
    });
    const direct = directMessagePosted('alice', 'bob', `\u2028${number}\n`);
    if (number < 700)
      await writer.append({ partition: 1, ...commitTo('direct:alice:bob', direct) });
  }
  return Promise.all([0, 1].map((partition) => events.readStored(partition, 1, 10_000)));
}

async function written(path: string): Promise<readonly (readonly StoredRecord[])[]> {
  const partitions = await records();
  const writer = await LogFileWriter.create(path, header);
  for (const partition of partitions) await writer.write(partition);
  await writer.writeCheckpoint(checkpoint);
  await writer.finish();
  return partitions;
}

async function read(path: string): Promise<readonly (LogFileLine | string)[]> {
  const lines: (LogFileLine | string)[] = [];
  for await (const some of readLogFile(path))
    for (const one of some) lines.push('line' in one ? one.line : `${one.number}: ${one.damage}`);
  return lines;
}

for (const name of ['log.ndjson', 'log.ndjson.gz']) {
  await test(`a log comes out of ${name} as it went in`, async (t) => {
    const path = join(t.testdir(), name);
    const partitions = await written(path);
    t.strictSame(await read(path), [
      { kind: 'header', header },
      ...partitions.flat().map((record) => ({ kind: 'record', record })),
      { kind: 'checkpoint', checkpoint },
      { kind: 'end', records: partitions.flat().length },
    ]);
  });

  await test(`a log in ${name} is read from any place on`, async (t) => {
    const path = join(t.testdir(), name);
    const partitions = await written(path);
    const log = await openLogFile(path);
    t.teardown(() => log.close());
    t.same(log.info, { format: 1, partitions: 2 });
    t.same(await log.head(1), { position: partitions[1]?.length, first: 1, epoch: 'e1' });
    for (const [partition, all] of partitions.entries()) {
      for (const [from, limit] of [
        [1, 10_000],
        [600, 100],
        [1, 512],
        [513, 512],
        [1_025, 3],
        [7, 1],
      ] as const)
        t.strictSame(
          await log.readStored(partition, from, limit),
          all.slice(from - 1, from - 1 + limit),
          `${from}`,
        );
      t.same(await log.readStored(partition, all.length + 1, 10), []);
    }
  });
}

await test('a compressed file is the other one, compressed', async (t) => {
  const [plain, packed] = ['log.ndjson', 'log.ndjson.gz'].map((name) => join(t.testdir(), name));
  if (plain === undefined || packed === undefined) throw new Error('two paths');
  const writer = await LogFileWriter.create(packed, header);
  await writer.finish();
  const other = await LogFileWriter.create(plain, header);
  await other.finish();
  t.equal(gunzipSync(readFileSync(packed)).toString(), readFileSync(plain, 'utf8'));
});

await test('a compressed file that breaks off is refused in a sentence', async (t) => {
  const path = join(t.testdir(), 'log.ndjson.gz');
  const writer = await LogFileWriter.create(path, header);
  await writer.finish();
  writeFileSync(path, readFileSync(path).subarray(0, -9));
  await t.rejects(openLogFile(path), {
    name: 'StoreUnusable',
    message: /^log\.ndjson\.gz cannot be read as a log\. Its compression breaks off/,
  });
});

await test('a file has its name when it is whole, and takes nobody else’s', async (t) => {
  const folder = t.testdir({ 'taken.ndjson': 'mine' });
  await t.rejects(LogFileWriter.create(join(folder, 'taken.ndjson'), header), { code: 'EEXIST' });
  const path = join(folder, 'log.ndjson');
  const writer = await LogFileWriter.create(path, header);
  t.notOk(existsSync(path));
  await writer.abandon();
  t.same(readdirSync(folder), ['taken.ndjson'], 'nor is anything left behind');
});

await test('a damaged line is told by its number, and the others are read', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'log.ndjson');
  await written(path);
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[2] = '{"p":0,"n":2';
  writeFileSync(path, lines.join('\n'));
  const found = await read(path);
  t.equal(found[2], '3: It is no JSON.');
  t.equal(found.filter((line) => typeof line === 'string').length, 1);
  await t.rejects(openLogFile(path), StoreUnusable);
});

await test('a file that breaks off says where, compressed or not', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'log.ndjson');
  await written(path);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, 5_000));
  t.match((await read(path)).at(-1), /^\d+: The file breaks off in the middle of it\.$/);
  const packed = join(folder, 'log.ndjson.gz');
  const all = gzipSync(bytes);
  writeFileSync(packed, all.subarray(0, all.length - 2_000));
  t.match((await read(packed)).at(-1), /^\d+: Its compression breaks off/);
});

await test('a file of a later version, and one that is no log, are refused in words', async (t) => {
  const later = lineOf({ kind: 'header', header }).replace('"version":1', '"version":2');
  const files = { later, other: '{"a":1}\n', empty: '', garbled: '\u0000\n' };
  const folder = t.testdir(files);
  for (const name of Object.keys(files))
    await t.rejects(openLogFile(join(folder, name)), {
      name: 'StoreUnusable',
      message: new RegExp(`^${name} cannot be read as a log\\. `),
    });
  const format = lineOf({ kind: 'header', header: { ...header, format: 99 } });
  writeFileSync(join(folder, 'later-record'), format);
  await t.rejects(openLogFile(join(folder, 'later-record')), /format 99/);
  await t.rejects(openLogFile(join(folder, 'missing')), { code: 'ENOENT' });
});
