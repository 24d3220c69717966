import { readSync } from 'node:fs';

/** A file of LMDB's, opened to be read, and its size as it was then. */
export interface PageFile {
  readonly descriptor: number;
  readonly pageBytes: number;
  readonly size: number;
}

/** A record at the end of a tree. */
interface LeafNode {
  readonly flags: number;
  readonly data: Buffer;
}

/** The header of a page (`MDB_page_header` in mdb.c), and of a node in it (`MDB_node`). */
const headerBytes = 24;
const flagsAt = 18;
const nodesEndAt = 20;
const nodeHeaderBytes = 8;
const isBranch = 0x01;
const isLeaf = 0x02;
/** The node's data has pages of its own. */
const isApart = 0x01;
/** Deeper no tree of LMDB's can be; one that leads back to itself would be. */
const depthMax = 32;

/**
 * All records of a tree.
 *
 * @throws {RangeError} when a page of it is not there or is another one
 */
export function* leafNodes(file: PageFile, root: bigint, depth = 1): Generator<LeafNode> {
  if (depth > depthMax) throw new RangeError('a tree of pages has no end');
  const page = readPage(file, root);
  const count = page.readUInt16LE(nodesEndAt) >> 1;
  for (let place = 0; place < count; place++) {
    const node = headerBytes + page.readUInt16LE(headerBytes + 2 * place);
    const low = page.readUInt32LE(node);
    const flags = page.readUInt16LE(node + 4);
    if ((page.readUInt16LE(flagsAt) & isBranch) !== 0) {
      yield* leafNodes(file, (BigInt(flags) << 32n) | BigInt(low), depth + 1);
      continue;
    }
    const data = node + nodeHeaderBytes + page.readUInt16LE(node + 6);
    const isElsewhere = (flags & isApart) !== 0;
    if (!isElsewhere) yield { flags, data: page.subarray(data, data + low) };
    else yield { flags, data: readData(file, page.readBigUInt64LE(data), low) };
  }
}

/**
 * A page of a tree.
 *
 * @throws {RangeError} when it is not there or is another one
 */
export function readPage(file: PageFile, number: bigint): Buffer {
  const page = readAt(file, Number(number) * file.pageBytes, file.pageBytes);
  const isOfTree = (page.readUInt16LE(flagsAt) & (isBranch | isLeaf)) !== 0;
  if (page.readBigUInt64LE(0) !== number || !isOfTree) throw new RangeError('not that page');
  return page;
}

const readData = (file: PageFile, number: bigint, bytes: number): Buffer =>
  readAt(file, Number(number) * file.pageBytes + headerBytes, bytes);

function readAt({ descriptor, size }: PageFile, start: number, bytes: number): Buffer {
  if (start + bytes > size) throw new RangeError('beyond the end of the file');
  const read = Buffer.alloc(bytes);
  readSync(descriptor, read, 0, bytes, start);
  return read;
}
