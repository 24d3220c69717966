import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
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
    return open<Buffer, Buffer>(path, {
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      // A commit is on disk before anybody can see it, so no reader is shown what may yet be lost.
      overlappingSync: false,
    });
  } catch (error) {
    throw unusable(name, error);
  }
}

function unusable(name: string, error: unknown): StoreUnusable {
  const why = error instanceof Error ? error.message : String(error);
  const sentence = `The data folder ${name} cannot be used (${why}).`;
  return new StoreUnusable(`${sentence} Choose another with --data.`, { cause: error });
}
