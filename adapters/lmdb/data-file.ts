import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { leafNodes, readPage, type PageFile } from './data-pages.ts';

/** What a meta page begins with (`MDB_meta` in mdb.c), behind the header of the page. */
const magicAt = 24;
const magicAndVersion = Buffer.from('dec0efbe02000000', 'hex');
const pageBytesAt = 48;
const freeRootAt = 88;
const mainRootAt = 136;
const lastPageAt = 144;
const transactionAt = 152;
const metaBytes = 168;
/** The root of a tree that is empty. */
const noPage = 0xffff_ffff_ffff_ffffn;
/** Where the record of a table names its root, and what marks such a record. */
const tableRootAt = 40;
const isTable = 0x02;

/** What the newest of the two meta pages says, the last commit's. */
interface Meta {
  readonly transaction: bigint;
  readonly pageBytes: number;
  /** Of the tree of free pages, and of that of tables. */
  readonly freeRoot: bigint;
  readonly mainRoot: bigint;
  /** The number of the last page; the file may end before it where the last pages are free. */
  readonly lastPage: number;
}

/**
 * Finds out whether LMDB can open a file: it maps the file and reads without looking, and a page
 * that is not there ends the process without a word. Reads a few pages only, so what is wrong
 * further down is not found.
 *
 * @throws {Error} which says of the file in half a sentence what is wrong with it
 */
export function checkDataFile(path: string): void {
  // Elsewhere numbers and headers are of another size.
  if (!['x64', 'arm64'].includes(process.arch)) return;
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const meta = readMeta(descriptor);
      if (areSound(descriptor, meta)) return;
      // Another process that writes may have reused the pages meanwhile.
      if (readMeta(descriptor).transaction === meta.transaction) throw damaged();
    }
  } finally {
    closeSync(descriptor);
  }
}

const damaged = (): Error => new Error('its data.mdb is damaged, or only a part of what it was');

function readMeta(descriptor: number): Meta {
  const [first, second] = [Buffer.alloc(metaBytes), Buffer.alloc(metaBytes)];
  readSync(descriptor, first, 0, metaBytes, 0);
  if (!isMeta(first)) throw new Error('its data.mdb is not a log of this program, or is damaged');
  const pageBytes = first.readUInt32LE(pageBytesAt);
  readSync(descriptor, second, 0, metaBytes, pageBytes);
  if (!isMeta(second)) throw damaged();
  const isFirst = first.readBigUInt64LE(transactionAt) > second.readBigUInt64LE(transactionAt);
  const newest = isFirst ? first : second;
  return {
    transaction: newest.readBigUInt64LE(transactionAt),
    pageBytes,
    freeRoot: newest.readBigUInt64LE(freeRootAt),
    mainRoot: newest.readBigUInt64LE(mainRootAt),
    lastPage: Number(newest.readBigUInt64LE(lastPageAt)),
  };
}

const isMeta = (page: Buffer): boolean =>
  page.subarray(magicAt, magicAt + magicAndVersion.length).equals(magicAndVersion);

function areSound(descriptor: number, meta: Meta): boolean {
  // Later than the meta page: the pages that it speaks of were written before it.
  const { size } = fstatSync(descriptor);
  try {
    checkPages({ descriptor, pageBytes: meta.pageBytes, size }, meta);
    return true;
  } catch (error) {
    // A number in it leads nowhere.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** @throws {RangeError} when a page is missing or another one */
function checkPages(file: PageFile, { freeRoot, mainRoot, lastPage }: Meta): void {
  const pagesThere = Math.floor(file.size / file.pageBytes);
  const free = pagesThere <= lastPage ? freePages(file, freeRoot, lastPage) : new Set<number>();
  for (let page = pagesThere; page <= lastPage; page++) {
    if (!free.has(page)) throw new RangeError('a page is missing');
  }
  if (freeRoot !== noPage) readPage(file, freeRoot);
  if (mainRoot === noPage) return;
  for (const { flags, data } of leafNodes(file, mainRoot)) {
    const root = (flags & isTable) === 0 ? noPage : data.readBigUInt64LE(tableRootAt);
    if (root !== noPage) readPage(file, root);
  }
}

/**
 * The pages that nothing is in. They are listed as numbers behind their count, where a negative
 * one says that so many pages follow from the next on.
 */
function freePages(file: PageFile, root: bigint, lastPage: number): ReadonlySet<number> {
  const free = new Set<number>();
  if (root === noPage) return free;
  for (const { data } of leafNodes(file, root)) {
    const count = Number(data.readBigInt64LE(0));
    const entry = (place: number): number => Number(data.readBigInt64LE(8 * place));
    for (let place = 1; place <= count; place++) {
      const isBlock = entry(place) < 0;
      const length = isBlock ? -entry(place) : 1;
      if (isBlock) place++;
      const first = Math.max(entry(place), 0);
      // A damaged length would have no end.
      const end = Math.min(first + length, lastPage + 1);
      for (let page = first; page < end; page++) free.add(page);
    }
  }
  return free;
}
