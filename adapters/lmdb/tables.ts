import type { Database, RootDatabase } from 'lmdb';

export type Table = Database<Buffer, Buffer>;

/**
 * The tables of a data folder. Numbers in keys and values are 8 bytes, big-endian; a partition is
 * 2 bytes; `name 0` is a name in UTF-8, ended by a zero byte, so keys sort by name, then number.
 */
export interface Tables {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** `log` → what the log says of itself; `owner` → the server that holds the folder; in JSON. */
  readonly meta: Table;
  /** partition position → record */
  readonly log: Table;
  /** partition stream 0 revision → position */
  readonly streams: Table;
  /** partition → position and time of its last record, epoch; partition stream → its revision */
  readonly heads: Table;
  /** partition server → the server's fence, in JSON */
  readonly fences: Table;
  /** partition session 0 sequence → a numbered commit's content and answer, in JSON */
  readonly once: Table;
  /** time of use, key in `once` → nothing: which of them are old */
  readonly onceUses: Table;
  /** user 0 id → credential, in JSON */
  readonly credentials: Table;
  /** name → a wrapped data key */
  readonly dataKeys: Table;
  /** partition → position of its first record; partition stream → its last revision that is gone */
  readonly trimmed: Table;
  /** partition → up to which position there are snapshots; partition name → snapshot, in JSON */
  readonly snapshots: Table;
}

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** Only the table that says whether this program may touch the others. */
export const openMeta = (root: RootDatabase<Buffer, Buffer>): Table => openTable(root, 'meta');

export function openTables(root: RootDatabase<Buffer, Buffer>, meta: Table): Tables {
  return {
    root,
    meta,
    log: openTable(root, 'log'),
    streams: openTable(root, 'streams'),
    heads: openTable(root, 'heads'),
    fences: openTable(root, 'fences'),
    once: openTable(root, 'once'),
    onceUses: openTable(root, 'onceUses'),
    credentials: openTable(root, 'credentials'),
    dataKeys: openTable(root, 'dataKeys'),
    trimmed: openTable(root, 'trimmed'),
    snapshots: openTable(root, 'snapshots'),
  };
}

const openTable = (root: RootDatabase<Buffer, Buffer>, name: string): Table =>
  root.openDB<Buffer, Buffer>(name, binary);
