import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

import { StoreUnusable } from '../../core/event-store.ts';

/** A folder that holds, or is to hold, a log. */
export interface DataFolder {
  /** As the user named it: what messages call it. */
  readonly name: string;
  /** Absolute, without symbolic links: the same for everybody who means the same folder. */
  readonly path: string;
}

/** It holds password hashes, so nobody else may look into it. */
const folderMode = 0o700;

/**
 * Makes the folder if it is missing.
 *
 * @throws {StoreUnusable} when that cannot be, in one plain sentence with the way out
 */
export function openFolder(name: string): DataFolder {
  try {
    const isNew = !existsSync(name);
    mkdirSync(name, { recursive: true, mode: folderMode });
    // The mode given to mkdir is narrowed by the umask, and a parent made on the way has it too.
    if (isNew) chmodSync(name, folderMode);
    return { name, path: realpathSync(name) };
  } catch (error) {
    throw unusable(name, error);
  }
}

/** @throws {StoreUnusable} when the folder's files cannot be opened, or are no log */
export function openDatabase({ name, path }: DataFolder): RootDatabase<Buffer, Buffer> {
  try {
    checkDataFile(join(path, 'data.mdb'));
    return open<Buffer, Buffer>(path, {
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      // A commit is on disk before anybody can see it, so no reader is shown what may yet be lost.
      overlappingSync: false,
      // Else the package makes a promise of its own, whose rejection by a full disk nobody hears.
      eventTurnBatching: false,
    });
  } catch (error) {
    throw unusable(name, error);
  }
}

/** What an LMDB file begins with (`MDB_meta` in mdb.c), behind the header of its first page. */
const magicAt = 24;
const magicAndVersion = Buffer.from('dec0efbe02000000', 'hex');

/** LMDB's JavaScript package crashes the process when a file is something else. */
function checkDataFile(path: string): void {
  // Elsewhere the header is of another size.
  if (!['x64', 'arm64'].includes(process.arch) || !existsSync(path)) return;
  const start = Buffer.alloc(magicAt + magicAndVersion.length);
  const file = openSync(path, 'r');
  try {
    const bytesRead = readSync(file, start);
    if (bytesRead > 0 && !start.subarray(magicAt).equals(magicAndVersion)) {
      throw new Error('its data.mdb is not a log of this program, or is damaged');
    }
  } finally {
    closeSync(file);
  }
}

function unusable(name: string, error: unknown): StoreUnusable {
  const why = error instanceof Error ? error.message : String(error);
  const sentence = `The data folder ${name} cannot be used (${why}).`;
  return new StoreUnusable(`${sentence} Choose another with --data.`, { cause: error });
}
