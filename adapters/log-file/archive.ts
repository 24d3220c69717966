import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type LogHead, type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { LogSource, StoredLog, StoredRecord } from '../../core/log-source.ts';
import { checkFit } from './archive-fit.ts';
import { type LogFile, openLogFile } from './source.ts';
import { LogFileWriter } from './writer.ts';

const pageRecords = 1_000;
/** What people said is in it. */
const folderMode = 0o700;

/** A file of an archive: records of one partition, from the first position through the last. */
interface ArchiveFile {
  readonly partition: number;
  readonly from: number;
  readonly through: number;
  readonly path: string;
}

/**
 * A folder of log files that hold what was trimmed, one for each run and partition:
 * `log-p0-1-180000.ndjson.gz` has the records of partition 0 from position 1 through 180000.
 */
export class LogArchive {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Writes what is not in the archive yet of the records before a position, and answers the file; or
   * undefined when all was there. It is whole on disk, then, under its name.
   *
   * @throws {StoreUnusable} when what is there is not of this log, or the log has a hole
   * @throws {StoreUnreachable} @throws the system's error
   */
  async add(log: LogSource, partition: number, before: number): Promise<string | undefined> {
    await mkdir(this.#dir, { recursive: true, mode: folderMode });
    const known = (await filesIn(this.#dir)).filter((file) => file.partition === partition);
    const last = known.at(-1);
    if (last !== undefined) await checkFile(last, log);
    const { first } = await log.head(partition);
    const from = Math.max(first, (last?.through ?? 0) + 1);
    if (from >= before) return undefined;
    const path = join(this.#dir, nameOf({ partition, from, through: before - 1 }));
    const epochs: string[] = [];
    for (let number = 0; number < log.info.partitions; number++)
      epochs.push((await log.head(number)).epoch);
    const file = await LogFileWriter.create(path, { ...log.info, epochs, key: null });
    try {
      for (let next = from; next < before;) {
        const limit = Math.min(pageRecords, before - next);
        const page = await log.readStored(partition, next, limit);
        if (page[0]?.position !== next)
          throw new StoreUnusable(`The log lacks ${placeWords(partition, next)}.`);
        await file.write(page);
        next += page.length;
      }
      await file.finish();
    } catch (error) {
      await file.abandon();
      throw error;
    }
    return path;
  }

  /**
   * Opens the archive as one log, which must be closed; undefined when nothing was archived yet.
   *
   * @throws {StoreUnusable} when a file is missing between others
   * @throws the system's error
   */
  async open(): Promise<StoredLog | undefined> {
    const files = await filesIn(this.#dir);
    const [any] = files;
    if (any === undefined) return undefined;
    for (const [index, { partition, from }] of files.entries()) {
      const before = files[index - 1];
      if (before?.partition === partition && from > before.through + 1)
        throw new StoreUnusable(`The archive lacks ${placeWords(partition, before.through + 1)}.`);
    }
    const log = await openLogFile(any.path);
    return new ArchivedLog(files, log.info, { file: any, log });
  }
}

async function checkFile({ path, partition }: ArchiveFile, log: LogSource): Promise<void> {
  const file = await openLogFile(path);
  try {
    await checkFit(file, log, partition);
  } finally {
    await file.close();
  }
}

/** Reads one file at a time: whoever goes through a log in order opens each once. */
class ArchivedLog implements StoredLog {
  readonly info: LogInfo;
  readonly #files: readonly ArchiveFile[];
  readonly #opened: { readonly file: ArchiveFile; readonly log: LogFile }[];
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    files: readonly ArchiveFile[],
    info: LogInfo,
    first: { readonly file: ArchiveFile; readonly log: LogFile },
  ) {
    this.#files = files;
    this.info = info;
    this.#opened = [first];
  }

  async head(partition: number): Promise<LogHead> {
    const files = this.#files.filter((file) => file.partition === partition);
    const [first, last] = [files.at(0), files.at(-1)];
    if (first === undefined || last === undefined) return { position: 0, first: 1, epoch: '' };
    const { epoch } = await this.#inTurn(async () => (await this.#open(last)).head(partition));
    return { position: last.through, first: first.from, epoch };
  }

  readStored(partition: number, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#inTurn(async () => {
      const records: StoredRecord[] = [];
      for (const file of this.#files) {
        if (file.partition !== partition || file.through < from) continue;
        if (records.length >= limit) break;
        const log = await this.#open(file);
        const next = (records.at(-1)?.position ?? from - 1) + 1;
        records.push(...(await log.readStored(partition, next, limit - records.length)));
      }
      return records;
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      await Promise.all(this.#opened.splice(0).map(({ log }) => log.close()));
    });
  }

  /** Of each partition one file is open: they may be read by turns. */
  async #open(file: ArchiveFile): Promise<LogFile> {
    const found = this.#opened.find((one) => one.file === file);
    if (found !== undefined) return found.log;
    const log = await openLogFile(file.path);
    const other = this.#opened.findIndex((one) => one.file.partition === file.partition);
    const [closed] = other === -1 ? [] : this.#opened.splice(other, 1);
    this.#opened.push({ file, log });
    await closed?.log.close();
    return log;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    // Whoever asked is told of a failure; the next one has its turn all the same.
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

const nameOf = ({ partition, from, through }: Omit<ArchiveFile, 'path'>): string =>
  `log-p${partition}-${from}-${through}.ndjson.gz`;

/**
 * By partition, and by position. What has another name is left alone, and so is what another file has
 * too: two servers may have written at once.
 */
async function filesIn(dir: string): Promise<readonly ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const name of await namesIn(dir)) {
    const [, partition, from, through] = /^log-p(\d+)-(\d+)-(\d+)\.ndjson\.gz$/.exec(name) ?? [];
    if (through === undefined) continue;
    const [first, last] = [Number(from), Number(through)];
    files.push({ partition: Number(partition), from: first, through: last, path: join(dir, name) });
  }
  files.sort((one, other) => one.partition - other.partition || one.from - other.from);
  const needed: ArchiveFile[] = [];
  for (const file of files) {
    const last = needed.at(-1);
    if (last?.partition !== file.partition || last.through < file.through) needed.push(file);
  }
  return needed;
}

/** None in a folder that is not there yet. */
async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const placeWords = (partition: number, position: number): string =>
  `position ${position} of partition ${partition}`;
