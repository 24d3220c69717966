import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { open, type RootDatabase } from 'lmdb';

import { type LogHead, type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { StoredLog, StoredRecord } from '../../core/log-source.ts';
import { CorruptRecord, recordFormat } from '../record-codec.ts';
import { reasonOf } from '../system-reason.ts';
import { checkDataFile } from './data-file.ts';
import { checkOwn } from './data-folder.ts';
import { logInfo } from './environment.ts';
import { logKey } from './keys.ts';
import { readFirst, readHead } from './log-reader.ts';
import { MappedFile } from './mapped-file.ts';
import { readStoredRecord } from './stored-record.ts';
import { openMeta, openTables, type Tables } from './tables.ts';

/**
 * Looks at the log in a data folder as it is: nothing is made, checked or mended, as `openLmdb`
 * would. Not in a process that has the folder open in another way.
 * @throws {StoreUnusable} when there is none, or one of a later format
 */
export async function lookIntoLmdb(dir: string): Promise<StoredLog> {
  const file = join(dir, 'data.mdb');
  if (!existsSync(file)) throw new StoreUnusable(`There is no log in the folder ${dir}.`);
  let root: RootDatabase<Buffer, Buffer> | undefined;
  try {
    checkDataFile(file);
    root = openToRead(dir);
    checkOwn({ name: dir, path: dir }, root);
    const meta = openMeta(root);
    const info = logInfo(meta);
    if (info === undefined) throw new Error('it holds no log');
    if (info.format > recordFormat) throw new Error('its log is of a later version');
    return new LmdbStoredLog(dir, info, openTables(root, meta));
  } catch (error) {
    await root?.close();
    const why = error instanceof StoreUnusable ? error.message : reasonOf(error);
    throw new StoreUnusable(`The log in the folder ${dir} cannot be read (${why}).`, {
      cause: error,
    });
  }
}

const openToRead = (dir: string): RootDatabase<Buffer, Buffer> =>
  open<Buffer, Buffer>(dir, {
    noSubdir: false,
    readOnly: true,
    encoding: 'binary',
    keyEncoding: 'binary',
  });

class LmdbStoredLog implements StoredLog {
  readonly info: LogInfo;
  readonly #tables: Tables;
  readonly #file: MappedFile;

  constructor(dir: string, info: LogInfo, tables: Tables) {
    this.info = info;
    this.#tables = tables;
    this.#file = new MappedFile(dir, tables, () => openToRead(dir));
  }

  async head(partition: number): Promise<LogHead> {
    this.#tables.root.resetReadTxn();
    const { position, epoch } = readHead(this.#tables, partition);
    return { position, first: readFirst(this.#tables, partition), epoch };
  }

  /** A hole is left out: whoever reads sees that positions are missing. */
  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    // Whoever reads a long log asks so for page after page, and is to hear of a signal meanwhile.
    await nextTurn();
    const { position: last, first } = await this.head(partition);
    const records: StoredRecord[] = [];
    for (let position = Math.max(from, first); position <= last; position++) {
      if (records.length === limit) break;
      const bytes = this.#tables.log.getBinary(logKey(partition, position));
      if (bytes !== undefined) records.push(recordIn(partition, position, bytes));
    }
    this.#file.hasGiven(records);
    return records;
  }

  close(): Promise<void> {
    return this.#tables.root.close();
  }
}

/** What is no record is judged by whoever reads. */
function recordIn(partition: number, position: number, bytes: Buffer): StoredRecord {
  try {
    return readStoredRecord(partition, position, bytes);
  } catch (error) {
    if (!(error instanceof CorruptRecord)) throw error;
    return { partition, position, stream: '', revision: 0, at: 0, meta: bytes };
  }
}
