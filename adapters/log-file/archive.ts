import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { type LogHead, type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { checkFit } from './archive-fit.ts';
import {
  type ArchiveFile,
  archiveFileName,
  archiveFilesIn,
  checkNoneMissing,
} from './archive-folder.ts';
import type { LogFileHeader } from './lines.ts';
import { type LogFile, openLogFile } from './source.ts';
import { LogFileWriter } from './writer.ts';

const pageRecords = 1_000;
/** What people said is in it. */
const folderMode = 0o700;

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
    const known = (await archiveFilesIn(this.#dir)).filter((file) => file.partition === partition);
    const last = known.at(-1);
    if (last !== undefined) await checkFile(last, log);
    const { first } = await log.head(partition);
    const from = Math.max(first, (last?.through ?? 0) + 1);
    if (from >= before) return undefined;
    const path = join(this.#dir, archiveFileName({ partition, from, through: before - 1 }));
    const epochs: string[] = [];
    for (let number = 0; number < log.info.partitions; number++)
      epochs.push((await log.head(number)).epoch);
    const file = await LogFileWriter.create(path, { ...log.info, epochs, key: null });
    try {
      for (let next = from; next < before;) {
        const limit = Math.min(pageRecords, before - next);
        const page = await log.readStored(partition, next, limit);
        if (page[0]?.position !== next)
          throw new StoreUnusable(`The log lacks position ${next} of partition ${partition}.`);
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
  async open(): Promise<LogFile | undefined> {
    const files = await archiveFilesIn(this.#dir);
    const [any] = files;
    if (any === undefined) return undefined;
    checkNoneMissing(files);
    const log = await openLogFile(any.path);
    return new ArchivedLog(files, log.header, { file: any, log });
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
class ArchivedLog implements LogFile {
  readonly info: LogInfo;
  readonly header: LogFileHeader;
  /** What covers the last records is behind them, in the log. */
  readonly checkpoints = [];
  readonly #files: readonly ArchiveFile[];
  readonly #opened: { readonly file: ArchiveFile; readonly log: LogFile }[];
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    files: readonly ArchiveFile[],
    header: LogFileHeader,
    first: { readonly file: ArchiveFile; readonly log: LogFile },
  ) {
    this.#files = files;
    this.header = header;
    this.info = { format: header.format, partitions: header.partitions };
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

/**
 * Opens what lies at a path: a log file, or the folder of an archive as one log.
 * @throws {StoreUnusable} for what is none, or is damaged: a sentence @throws the system's error
 */
export async function openFiledLog(path: string): Promise<LogFile> {
  if (!(await stat(path)).isDirectory()) return openLogFile(path);
  const archive = await new LogArchive(path).open();
  if (archive === undefined)
    throw new StoreUnusable(`There is no file of an archive in the folder ${path}.`);
  return archive;
}
