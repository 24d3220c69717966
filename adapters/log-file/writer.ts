import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync, rmSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import type { StoredRecord } from '../../core/log-source.ts';
import { type FiledCheckpoint, lineOf, type LogFileHeader } from './lines.ts';

/** What people said is in it. */
const fileMode = 0o600;

/** Whether a file of this name is, or is to be, compressed. */
export const isCompressed = (path: string): boolean => path.endsWith('.gz');

/** Under which name this process writes a file until it is whole. */
export const unfinishedName = (path: string): string => `${path}.${process.pid}.unfinished`;

/** Removes what this process has begun to write in a folder and did not finish. */
export function removeUnfinished(dir: string): void {
  const names = existsSync(dir) ? readdirSync(dir) : [];
  for (const name of names)
    if (name.endsWith(unfinishedName(''))) rmSync(join(dir, name), { force: true });
}

/**
 * Writes a log file: the records of each partition in their order, then its checkpoints. It has
 * its name when it is whole, and not before; one that is there is not written over.
 */
export class LogFileWriter {
  readonly #path: string;
  readonly #unfinished: string;
  /** What is written to, and where that ends up: the same unless it is compressed on the way. */
  readonly #into: Writable;
  readonly #done: Promise<void>;
  #failure: Error | undefined;
  #records = 0;

  private constructor(path: string, unfinished: string) {
    this.#path = path;
    this.#unfinished = unfinished;
    const file = createWriteStream(unfinished, { mode: fileMode, flags: 'wx', flush: true });
    const gzip = isCompressed(path) ? createGzip() : undefined;
    gzip?.pipe(file);
    gzip?.on('error', (error) => file.destroy(error));
    this.#into = gzip ?? file;
    this.#done = finished(file);
    this.#done.catch((error: Error) => {
      this.#failure = error;
      // Whoever waits for it to take more is not to wait for ever.
      this.#into.destroy(error);
    });
  }

  /** @throws the system's error, `EEXIST` when a file has the name */
  static async create(path: string, header: LogFileHeader): Promise<LogFileWriter> {
    // Better now than after an hour. It is not made to see: whoever is killed then would leave an
    // empty file under a name that says what it has.
    if (existsSync(path)) throw taken(path);
    const writer = new LogFileWriter(path, unfinishedName(path));
    await writer.#write(lineOf({ kind: 'header', header }));
    return writer;
  }

  /** How many records were written. */
  get records(): number {
    return this.#records;
  }

  /** @throws the system's error */
  async write(records: readonly StoredRecord[]): Promise<void> {
    const lines = records.map((record) => lineOf({ kind: 'record', record }));
    this.#records += records.length;
    await this.#write(lines.join(''));
  }

  async writeCheckpoint(checkpoint: FiledCheckpoint): Promise<void> {
    await this.#write(lineOf({ kind: 'checkpoint', checkpoint }));
  }

  /** Ends the file and gives it its name. @throws the system's error; `EEXIST` if it is taken by now */
  async finish(): Promise<void> {
    await this.#write(lineOf({ kind: 'end', records: this.#records }));
    this.#into.end();
    await this.#done;
    await named(this.#unfinished, this.#path);
  }

  /** Leaves nothing behind of a file that is not finished. */
  async abandon(): Promise<void> {
    this.#into.destroy(new Error('It was abandoned.'));
    await this.#done.catch(() => undefined);
    await rm(this.#unfinished, { force: true });
  }

  async #write(text: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (text === '' || this.#into.write(text)) return;
    try {
      await once(this.#into, 'drain');
    } catch (error) {
      throw this.#failure ?? error;
    }
  }
}

const taken = (path: string): Error =>
  Object.assign(new Error(`EEXIST: file already exists, open '${path}'`), {
    code: 'EEXIST',
    errno: -constants.errno.EEXIST,
    syscall: 'open',
    path,
  });

/** Without writing over a file of that name, where the file system has hard links; memory sticks have none. */
async function named(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await rename(unfinished, path);
  }
  await rm(unfinished, { force: true });
  await syncFolder(dirname(path));
}

/** A name outlives a loss of power only then, and what is archived is trimmed from the log right after. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
