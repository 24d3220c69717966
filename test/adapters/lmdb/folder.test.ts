import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { openDatabase, openFolder } from '../../../adapters/lmdb/data-folder.ts';
import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { StoreUnusable } from '../../../core/event-store.ts';
import { leaseMs } from '../../../core/lease-store.ts';
import { serverStream } from '../../../core/stream.ts';
import { commitTo, messagePosted, serverLost } from '../../support/events.ts';
import { Child } from './child-process.ts';

/** Far below what waiting for a lease would take. */
const atOnceMs = 2_000;

function newDir(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-folder-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const inUseBy = (dir: string, pid: number): string =>
  `The data folder ${dir} is in use by another server (process ${pid}). ` +
  `Stop it, or choose another folder with --data.`;

await test('a folder is held against other processes, by one sentence with the way out', async (t) => {
  const dir = newDir(t);
  const holder = new Child('own', dir);
  await holder.says('holding');
  await t.rejects(openLmdb({ dir, own: true }), {
    name: 'StoreUnusable',
    message: inUseBy(dir, holder.pid),
  });
  await holder.kill9();
});

await test('a folder whose holder was killed is taken over at once', async (t) => {
  const dir = newDir(t);
  for (let round = 0; round < 3; round++) {
    const holder = new Child('own', dir);
    await holder.says('holding');
    await holder.kill9();
    const startedAt = performance.now();
    const stores = await openLmdb({ dir, own: true });
    t.ok(performance.now() - startedAt < atOnceMs);
    await stores.close();
  }
  t.same(
    readdirSync(dir).filter((name) => name.endsWith('.sock')),
    [],
    'no socket is left behind',
  );
});

await test('a holder that is only stopped still holds the folder', async (t) => {
  const dir = newDir(t);
  const holder = new Child('own', dir);
  await holder.says('holding');
  holder.pause();
  await t.rejects(openLmdb({ dir, own: true }), { message: inUseBy(dir, holder.pid) });
  holder.resume();
  await holder.kill9();
});

await test('of many that want a dead holder’s folder one gets it', async (t) => {
  const dir = newDir(t);
  const dead = new Child('own', dir);
  await dead.says('holding');
  await dead.kill9();
  const rivals = Array.from({ length: 5 }, () => new Child('own', dir));
  // Each of them says one more word: holding or refused.
  await Promise.all(rivals.map((rival) => rival.hasSaid(2)));
  const [winner, ...others] = rivals.filter((rival) => rival.said('holding').length > 0);
  t.equal(others.length, 0);
  for (const rival of rivals.filter((each) => each !== winner)) {
    t.same(rival.said('refused'), [`StoreUnusable: ${inUseBy(dir, winner?.pid ?? 0)}`]);
  }
  await Promise.all(rivals.map((rival) => rival.kill9()));
});

await test('a folder that was given up can be taken', async (t) => {
  const dir = newDir(t);
  await (await openLmdb({ dir, own: true })).close();
  const holder = new Child('own', dir);
  await holder.says('holding');
  await holder.kill9();
});

await test('the stores of one process own the folder together, until the last is closed', async (t) => {
  const dir = newDir(t);
  const [one, other] = [await openLmdb({ dir, own: true }), await openLmdb({ dir, own: true })];
  await one.close();
  const refused = new Child('own', dir);
  t.equal(await refused.says('refused'), `StoreUnusable: ${inUseBy(dir, process.pid)}`);
  await refused.ends();
  await other.close();
  const holder = new Child('own', dir);
  await holder.says('holding');
  await holder.kill9();
});

await test('a copy of a folder that is held is not held', async (t) => {
  const [dir, copy] = [newDir(t), newDir(t)];
  const stores = await openLmdb({ dir, own: true });
  t.match(await stores.events.writer('a', 1).append(commitTo('room:r', messagePosted('x'))), {
    status: 'appended',
  });
  for (const name of ['data.mdb', 'lock.mdb']) copyFileSync(join(dir, name), join(copy, name));
  const holder = new Child('own', copy);
  await holder.says('holding');
  await holder.kill9();
  await stores.close();
});

await test('a folder whose path is too long for a socket is held all the same', async (t) => {
  const dir = join(newDir(t), 'x'.repeat(120));
  const holder = new Child('own', dir);
  await holder.says('holding');
  await t.rejects(openLmdb({ dir, own: true }), { message: inUseBy(dir, holder.pid) });
  await holder.kill9();
  await (await openLmdb({ dir, own: true })).close();
});

await test('a held folder that is moved stays held', async (t) => {
  const [dir, moved] = [newDir(t), `${newDir(t)}-moved`];
  t.teardown(() => rmSync(moved, { recursive: true, force: true }));
  const holder = new Child('own', dir);
  await holder.says('holding');
  renameSync(dir, moved);
  await t.rejects(openLmdb({ dir: moved, own: true }), { message: inUseBy(moved, holder.pid) });
  await holder.kill9();
});

await test('leases are the owner’s: a tool takes none, and must not judge by them', async (t) => {
  const dir = newDir(t);
  const tool = await openLmdb({ dir });
  t.equal(await tool.leases.take('a', 'token'), false);
  t.equal(await tool.leases.refresh('a', 'token'), false);
  t.match(await tool.leases.look(['a']), { linkWholeMs: 0 });
  const lost = { ...commitTo(serverStream('a'), serverLost('a', 1)), unlessLeased: 'a' };
  t.strictSame(await tool.events.writer('tool', 0).append(lost), { status: 'leased' });
  const owner = await openLmdb({ dir, own: true });
  t.ok((await owner.leases.look(['a'])).linkWholeMs > leaseMs);
  t.match(await owner.events.writer('b', 1).append(lost), { status: 'appended' });
  await Promise.all([tool.close(), owner.close()]);
});

await test('a log of a newer format is refused, and left as it is', async (t) => {
  const dir = newDir(t);
  await (await openLmdb({ dir })).close();
  const root = openDatabase(openFolder(dir));
  const meta = root.openDB<Buffer, Buffer>('meta', { encoding: 'binary', keyEncoding: 'binary' });
  const newer = Buffer.from(JSON.stringify({ format: 2, partitions: 1 }));
  await meta.put(Buffer.from('log'), newer);
  await root.close();
  for (const own of [true, false]) {
    await t.rejects(openLmdb({ dir, own }), {
      name: 'StoreUnusable',
      message:
        `The data folder ${dir} was written by a newer version of this program ` +
        `(format 2, this one reads 1): upgrade it, or choose another folder with --data.`,
    });
  }
});

await test('a log keeps its number of partitions', async (t) => {
  const dir = newDir(t);
  await (await openLmdb({ dir, partitions: 4 })).close();
  await t.rejects(openLmdb({ dir, partitions: 8 }), {
    name: 'StoreUnusable',
    message:
      `The log in the data folder ${dir} has 4 partitions, not 8, ` +
      `and that cannot be changed: choose another folder with --data.`,
  });
  const stores = await openLmdb({ dir });
  t.equal(stores.events.info.partitions, 4);
  await t.rejects(openLmdb({ dir, partitions: 1 }), StoreUnusable);
  await stores.close();
});

await test('a folder that cannot be one is refused in one sentence', async (t) => {
  const parent = newDir(t);
  const file = join(parent, 'file');
  writeFileSync(file, 'text');
  const damaged = ['text '.repeat(10_000), 'text', '\0'.repeat(8_192)].map((content, index) => {
    const dir = join(parent, String(index));
    mkdirSync(dir);
    writeFileSync(join(dir, 'data.mdb'), content);
    return dir;
  });
  const foreign = await foreignDatabase(join(parent, 'foreign'));
  for (const dir of [file, join(file, 'below'), ...damaged, foreign]) {
    const error: unknown = await openLmdb({ dir }).catch((thrown: unknown) => thrown);
    t.type(error, StoreUnusable);
    const message = error instanceof Error ? error.message : '';
    t.match(message, /^The data folder .* cannot be used \(.*\)\. Choose another with --data\.$/);
    t.ok(message.includes(dir));
  }
});

await test('a folder that is there for something else is refused, and nothing is put into it', async (t) => {
  const dir = newDir(t);
  for (const name of ['.hidden', 'lost+found', 'lock.mdb']) writeFileSync(join(dir, name), '');
  await (await openLmdb({ dir })).close();
  const other = newDir(t);
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(other, name), '');
  await t.rejects(openLmdb({ dir: other }), {
    name: 'StoreUnusable',
    message: `The data folder ${other} holds other things (a, b, c, …) and no log. Choose an empty or a new one with --data.`,
  });
  t.same(readdirSync(other), ['a', 'b', 'c', 'd']);
});

await test('a new folder is for its owner’s eyes only', async (t) => {
  const dir = join(newDir(t), 'new', 'data');
  await (await openLmdb({ dir })).close();
  t.equal(statSync(dir).mode & 0o777, 0o700);
  const shared = newDir(t);
  chmodSync(shared, 0o755);
  await (await openLmdb({ dir: shared })).close();
  t.equal(statSync(join(shared, 'data.mdb')).mode & 0o777, 0o600, 'also in one that was there');
});

/** What another program keeps in LMDB. */
async function foreignDatabase(dir: string): Promise<string> {
  const root = openDatabase(openFolder(dir));
  await root.openDB<Buffer, Buffer>('users', {}).put(Buffer.from('alice'), Buffer.from('1'));
  await root.close();
  return dir;
}
