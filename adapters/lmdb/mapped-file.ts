import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';

import { StoreUnusable } from '../../core/event-store.ts';
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
  readonly #dir: string;
  readonly #identity: string | undefined;
  readonly #tables: Tables;
  readonly #open: () => RootDatabase<Buffer, Buffer>;
  #readBytes = 0;

  /** `tables` are those of the folder that all readers use: they are replaced in it. */
  constructor(dir: string, tables: Tables, open: () => RootDatabase<Buffer, Buffer>) {
    this.#dir = dir;
    this.#identity = identityOf(dir);
    this.#tables = tables;
    this.#open = open;
  }

  /**
   * Told of what was read, copies all of it; and that nothing is being written.
   * @throws {StoreUnusable} when the file is no longer there, or another one is
   */
  hasGiven(records: readonly StoredRecord[]): void {
    for (const { meta, body } of records) this.#readBytes += meta.length + (body?.length ?? 0);
    if (this.#readBytes < readBytesMax) return;
    this.#readBytes = 0;
    if (this.#identity === undefined || identityOf(this.#dir) !== this.#identity)
      throw new StoreUnusable(`The data folder ${this.#dir} was replaced while it was being read.`);
    // At once, as nothing is being written; were something, the file would stay mapped, and no more.
    void this.#tables.root.close();
    const root = this.#open();
    Object.assign(this.#tables, openTables(root, openMeta(root)));
  }
}

/** What tells a folder's file from any other; undefined where there is none. */
function identityOf(dir: string): string | undefined {
  const found = statSync(join(dir, 'data.mdb'), { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
