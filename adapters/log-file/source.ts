import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { type LogHead, type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { StoredLog, StoredRecord } from '../../core/log-source.ts';
import { recordFormat } from '../record-codec.ts';
import { reasonOf } from '../system-reason.ts';
import {
  type FiledCheckpoint,
  LogFileDamaged,
  type LogFileHeader,
  parseLine,
  placeIn,
} from './lines.ts';
import { isOfCompression, linesOf } from './reader.ts';
import { isCompressed } from './writer.ts';

/** Between two records whose places are remembered: a few megabytes for a million records. */
const indexEvery = 512;
const readBytes = 256 * 1024;
const lineFeed = 0x0a;

/** A log in a file. It must be closed; nothing else may write to the file meanwhile. */
export interface LogFile extends StoredLog {
  readonly header: LogFileHeader;
  /** Those that stand behind the records. */
  readonly checkpoints: readonly FiledCheckpoint[];
}

/**
 * Opens a log file to read it in any order. It is read through once; a compressed one is unpacked
 * into a temporary file, which nobody else can open and which is gone when this process is.
 *
 * @throws {StoreUnusable} for a file that is none, or is damaged: a sentence
 * @throws the system's error
 */
export async function openLogFile(path: string): Promise<LogFile> {
  let file: FileHandle | undefined;
  try {
    file = isCompressed(path) ? await unpacked(path) : await open(path, 'r');
    return new IndexedLogFile(file, await indexOf(path));
  } catch (error) {
    await file?.close();
    const what = damageIn(error);
    if (what === undefined) throw error;
    throw new StoreUnusable(`${basename(path)} cannot be read as a log. ${what}`, { cause: error });
  }
}

function damageIn(error: unknown): string | undefined {
  if (error instanceof LogFileDamaged) return error.message;
  return isOfCompression(error) ? `Its compression breaks off (${reasonOf(error)}).` : undefined;
}

interface Index {
  readonly header: LogFileHeader;
  readonly partitions: readonly PartitionIndex[];
  readonly checkpoints: readonly FiledCheckpoint[];
}

interface PartitionIndex {
  last: number;
  records: number;
  /** Positions and offsets of every so many records, in order. */
  readonly marks: Mark[];
}

/** A record, and where its line begins. */
interface Mark {
  readonly position: number;
  readonly offset: number;
}

class IndexedLogFile implements LogFile {
  readonly info: LogInfo;
  readonly header: LogFileHeader;
  readonly checkpoints: readonly FiledCheckpoint[];
  readonly #file: FileHandle;
  readonly #partitions: readonly PartitionIndex[];
  /** By partition, what follows the records that were read last: mostly that is asked for next. */
  readonly #next = new Map<number, Mark>();

  constructor(file: FileHandle, { header, partitions, checkpoints }: Index) {
    this.#file = file;
    this.header = header;
    this.checkpoints = checkpoints;
    this.info = { format: header.format, partitions: header.partitions };
    this.#partitions = partitions;
  }

  async head(partition: number): Promise<LogHead> {
    const { last, marks } = this.#partition(partition);
    const first = marks[0]?.position ?? last + 1;
    return { position: last, first, epoch: this.header.epochs[partition] ?? '' };
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const { last } = this.#partition(partition);
    const start = this.#startOf(partition, from);
    const records: StoredRecord[] = [];
    if (start === undefined || limit <= 0 || from > last) return records;
    for await (const { line, offset } of linesFrom(this.#file, start.offset)) {
      const place = placeIn(line);
      if (place?.partition !== partition || place.position < from) continue;
      if (records.length === limit) {
        this.#next.set(partition, { position: place.position, offset });
        return records;
      }
      const parsed = parseLine(line.toString());
      if (parsed.kind === 'record') records.push(parsed.record);
      if (place.position === last) return records;
    }
    return records;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** A place at or before the record at `from`, the nearer the better. */
  #startOf(partition: number, from: number): Mark | undefined {
    const next = this.#next.get(partition);
    if (next?.position === from) return next;
    const { marks } = this.#partition(partition);
    return marks.findLast(({ position }) => position <= from) ?? marks[0];
  }

  #partition(number: number): PartitionIndex {
    const partition = this.#partitions[number];
    if (partition === undefined) throw new RangeError(`the log has no partition ${number}`);
    return partition;
  }
}

async function indexOf(path: string): Promise<Index> {
  let header: LogFileHeader | undefined;
  const partitions: PartitionIndex[] = [];
  const checkpoints: FiledCheckpoint[] = [];
  for await (const { lines, offsets } of linesOf(path)) {
    for (const [number, line] of lines.entries()) {
      header ??= startIndex(line, partitions);
      const place = placeIn(line);
      if (place !== undefined) note(partitions, place, offsets[number] ?? 0);
      else checkpoints.push(...checkpointsIn(line));
    }
  }
  if (header === undefined) throw new LogFileDamaged('It is empty.');
  return { header, partitions, checkpoints };
}

function checkpointsIn(line: Buffer): readonly FiledCheckpoint[] {
  const parsed = parseLine(line.toString());
  return parsed.kind === 'checkpoint' ? [parsed.checkpoint] : [];
}

function startIndex(line: Buffer, partitions: PartitionIndex[]): LogFileHeader {
  const first = parseLine(line.toString());
  if (first.kind !== 'header')
    throw new LogFileDamaged("It is no log file: its first line is another's.");
  const { header } = first;
  if (header.format > recordFormat)
    throw new LogFileDamaged(
      `It has records of format ${header.format}, and this program knows formats up to ${recordFormat}; use a later version of the program.`,
    );
  for (let number = 0; number < header.partitions; number++)
    partitions.push({ last: header.before?.positions[number] ?? 0, records: 0, marks: [] });
  return header;
}

function note(
  partitions: readonly PartitionIndex[],
  { partition, position }: { readonly partition: number; readonly position: number },
  offset: number,
): void {
  const index = partitions[partition];
  if (index === undefined || (index.records > 0 && position !== index.last + 1))
    throw new LogFileDamaged(
      `It is damaged: position ${position} of partition ${partition} is out of its place.`,
    );
  if (index.records % indexEvery === 0) index.marks.push({ position, offset });
  index.records += 1;
  index.last = position;
}

/** Lines of an uncompressed file from an offset on, and where they begin. */
async function* linesFrom(
  file: FileHandle,
  from: number,
): AsyncGenerator<{ readonly line: Buffer; readonly offset: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  for (let at = from; ;) {
    const chunk = Buffer.allocUnsafe(readBytes);
    const { bytesRead } = await file.read(chunk, 0, readBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      yield { line: rest.subarray(start, end), offset: offset + start };
      start = end + 1;
    }
    offset += start;
    rest = rest.subarray(start);
  }
}

/** Without a name before there is anything in it, so that nothing is left whatever ends this process. */
async function unpacked(path: string): Promise<FileHandle> {
  const plain = await namelessFile();
  try {
    await pipeline(createReadStream(path), createGunzip(), (bytes) => writeFile(plain, bytes));
    return plain;
  } catch (error) {
    await plain.close();
    throw error;
  }
}

async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'securechat-log-'));
  try {
    return await open(join(folder, 'log.ndjson'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}
