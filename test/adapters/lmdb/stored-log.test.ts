import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { auditLog } from '../../../adapters/audit/log-audit.ts';
import { openDatabase } from '../../../adapters/lmdb/data-folder.ts';
import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { logKey } from '../../../adapters/lmdb/keys.ts';
import { lookIntoLmdb } from '../../../adapters/lmdb/stored-log.ts';
import { openMeta, openTables } from '../../../adapters/lmdb/tables.ts';
import { commitTo, messagePosted } from '../../support/events.ts';

const nothing = { keys: [], others: [] };
const nobody = (): void => {};

async function logOf(dir: string, messages: number): Promise<void> {
  const stores = await openLmdb({ dir });
  const writer = stores.events.writer('a', 1);
  for (let said = 0; said < messages; said++)
    await writer.append(commitTo('room:lobby', messagePosted(`${said}`)));
  await stores.close();
}

await test('a log is looked at as it is, and not a byte of it changes', async (t) => {
  const dir = join(t.testdir(), 'data');
  await logOf(dir, 5);
  const before = readFileSync(join(dir, 'data.mdb'));
  const log = await lookIntoLmdb(dir);
  const { epoch } = await log.head(0);
  t.match(await log.head(0), { position: 6, epoch });
  t.same(
    (await log.readStored(0, 3, 2)).map(({ position }) => position),
    [3, 4],
  );
  t.match(await auditLog(log, nothing, nobody), { verdict: 'whole', partitions: [{ records: 6 }] });
  await log.close();
  t.ok(before.equals(readFileSync(join(dir, 'data.mdb'))));
});

await test('what is missing, or is no record, is found and does not end the look', async (t) => {
  const dir = join(t.testdir(), 'data');
  await logOf(dir, 5);
  const root = openDatabase({ name: dir, path: dir });
  const { log: records } = openTables(root, openMeta(root));
  await records.remove(logKey(0, 3));
  await records.put(logKey(0, 5), Buffer.from('no record'));
  await root.close();
  const log = await lookIntoLmdb(dir);
  const { findings } = await auditLog(log, nothing, nobody);
  t.same(
    findings.map(({ position }) => position),
    [3, 5],
  );
  await log.close();
});

await test('where there is no log there is none afterwards', async (t) => {
  const dir = t.testdir();
  await t.rejects(lookIntoLmdb(dir), { name: 'StoreUnusable', message: /There is no log/ });
  await t.rejects(lookIntoLmdb(join(dir, 'missing')), { name: 'StoreUnusable' });
});

await test('a log that says that it has more partitions than any is refused at once', async (t) => {
  const dir = join(t.testdir(), 'data');
  await logOf(dir, 1);
  const root = openDatabase({ name: dir, path: dir });
  const info = { format: 1, partitions: 1_000_000_000_000 };
  await openMeta(root).put(Buffer.from('log'), Buffer.from(JSON.stringify(info)));
  await root.close();
  const message = /it says that it has 1000000000000 partitions, and a log has 1 to 256\. Restore/;
  await t.rejects(lookIntoLmdb(dir), { name: 'StoreUnusable', message });
  await t.rejects(openLmdb({ dir }), { name: 'StoreUnusable', message });
});
