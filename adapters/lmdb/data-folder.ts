import { chmodSync, existsSync, readdirSync, realpathSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

import { StoreUnusable } from '../../core/event-store.ts';
import { makeFolder } from '../made-folder.ts';
import { reasonOf } from '../system-reason.ts';
import { checkDataFile } from './data-file.ts';

/** A folder that holds, or is to hold, a log. */
export interface DataFolder {
  /** As the user named it: what messages call it. */
  readonly name: string;
  /** Absolute, without symbolic links: the same for everybody who means the same folder. */
  readonly path: string;
}

/** It holds password hashes, so nobody else may look into it. */
const folderMode = 0o700;
const fileMode = 0o600;

/** What a folder without a log may hold all the same: what a volume has, or a log has left. */
const noMatter = /^(\..*|lost\+found|lock\.mdb|audit\.key|owner-\w+\.sock)$/;
const strangersShownMax = 3;

/**
 * Makes the folder if it is missing.
 *
 * @throws {StoreUnusable} when that cannot be, or when it is there for something else: in one plain
 *   sentence with the way out
 */
export function openFolder(name: string): DataFolder {
  let strangers: readonly string[];
  let path: string;
  try {
    // The mode given to mkdir is narrowed by the umask, and a parent made on the way has it too.
    if (makeFolder(name, folderMode)) chmodSync(name, folderMode);
    path = realpathSync(name);
    const entries = readdirSync(path);
    strangers = entries.includes('data.mdb')
      ? []
      : entries.filter((entry) => !noMatter.test(entry));
  } catch (error) {
    throw unusable(name, error);
  }
  if (strangers.length === 0) return { name, path };
  const shown = strangers.slice(0, strangersShownMax).join(', ');
  const others = strangers.length > strangersShownMax ? ', …' : '';
  throw new StoreUnusable(
    `The data folder ${name} holds other things (${shown}${others}) and no log. Choose an empty or a new one with --data.`,
  );
}

/**
 * A folder that has a log already. Nothing is made.
 *
 * @throws {StoreUnusable} when there is none
 */
export function existingFolder(name: string): DataFolder {
  if (!existsSync(join(name, 'data.mdb'))) throw noLog(name);
  return openFolder(name);
}

export const noLog = (name: string): StoreUnusable =>
  new StoreUnusable(`There is no log in the data folder ${name}: name another with --data.`);

/** There while the file is made: a process that is killed meanwhile leaves an empty one. */
const makingName = '.making';
const emptied =
  'its data.mdb is empty and what was in it is lost: put a backup there, or remove it to begin a new log';

/** @throws {StoreUnusable} when the folder's files cannot be opened, or are no database */
export function openDatabase({ name, path }: DataFolder): RootDatabase<Buffer, Buffer> {
  try {
    const file = join(path, 'data.mdb');
    const making = join(path, makingName);
    const isNew = !existsSync(file);
    if (isNew) writeFileSync(making, '');
    else if (statSync(file).size > 0) checkDataFile(file);
    else if (!existsSync(making)) throw new Error(emptied);
    const root = open<Buffer, Buffer>(path, {
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      // A commit is on disk before anybody can see it, so no reader is shown what may yet be lost.
      overlappingSync: false,
      // Else the package makes a promise of its own, whose rejection by a full disk nobody hears.
      eventTurnBatching: false,
    });
    // The folder may have been there, and others may look into it.
    if (isNew) chmodSync(file, fileMode);
    rmSync(making, { force: true });
    return root;
  } catch (error) {
    throw unusable(name, error);
  }
}

/** The table with which a log begins, as LMDB names it among the keys of the file. */
const firstTable = Buffer.from('meta\0');

/** @throws {StoreUnusable} when the database is there, and another program's */
export function checkOwn({ name }: DataFolder, root: RootDatabase<Buffer, Buffer>): void {
  const [any] = root.getKeys({ limit: 1 });
  const [first] = root.getKeys({ start: firstTable, limit: 1 });
  if (any === undefined || first?.equals(firstTable) === true) return;
  throw unusable(name, new Error('its data.mdb is the database of another program'));
}

function unusable(name: string, error: unknown): StoreUnusable {
  const sentence = `The data folder ${name} cannot be used (${reasonOf(error)}).`;
  return new StoreUnusable(`${sentence} Choose another with --data.`, { cause: error });
}
