import type { RootDatabase } from 'lmdb';

import type { StoredRecord } from '../../core/log-source.ts';
import { openMeta, openTables, type Tables } from './tables.ts';

/** Of records: their pages, and those of the indexes between them, are about twice as much. */
const readBytesMax = 16_777_216;

/**
 * The data file as it is mapped into a process that reads a long log. Whatever is read of it stays
 * mapped, counts as the process's memory, and is only let go of when the file is closed: so after
 * some of it the file is opened anew.
 */
export class MappedFile {
  readonly #tables: Tables;
  readonly #open: () => RootDatabase<Buffer, Buffer>;
  #readBytes = 0;

  /** `tables` are those that all readers use: they are replaced in it. */
  constructor(tables: Tables, open: () => RootDatabase<Buffer, Buffer>) {
    this.#tables = tables;
    this.#open = open;
  }

  /**
   * Told of what was read, copies all of it; and that nothing is being written.
   * @throws {StoreUnusable} when the file can no longer be opened
   */
  hasGiven(records: readonly StoredRecord[]): void {
    for (const { meta, body } of records) this.#readBytes += meta.length + (body?.length ?? 0);
    if (this.#readBytes < readBytesMax) return;
    this.#readBytes = 0;
    // At once, as nothing is being written; were something, the file would stay mapped, and no more.
    void this.#tables.root.close();
    const root = this.#open();
    Object.assign(this.#tables, openTables(root, openMeta(root)));
  }
}
