import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { reasonOf } from '../system-reason.ts';
import { LogFileDamaged, type LogFileLine, parseExactLine } from './lines.ts';
import { isCompressed } from './writer.ts';

/** A checkpoint of a thousand leaves is fifty kilobytes, and a message at most a few. */
export const lineBytesMax = 16 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;

/** A line of a file, by its number from 1 on; what is wrong with it in the place of what it holds. */
export type ReadLine =
  | { readonly number: number; readonly line: LogFileLine }
  | { readonly number: number; readonly damage: string };

/**
 * The lines of a log file from its beginning, some at a time, for whoever checks it. One that is not
 * exactly what was written is handed on as damage; after one that has no end, or where the compression breaks off, nothing follows.
 *
 * @throws the system's error when the file cannot be opened
 */
export async function* readLogFile(path: string): AsyncGenerator<readonly ReadLine[]> {
  let number = 0;
  try {
    for await (const { lines } of linesOf(path))
      yield lines.map((bytes) => readLine(++number, bytes));
  } catch (error) {
    if (error instanceof LogFileDamaged) yield [{ number: number + 1, damage: error.message }];
    else if (!isOfCompression(error)) throw error;
    else yield [{ number: number + 1, damage: `Its compression breaks off (${reasonOf(error)}).` }];
  }
}

/** A run of lines without their ends, and where each begins in the (uncompressed) file. */
export interface LineRun {
  readonly lines: readonly Buffer[];
  readonly offsets: readonly number[];
}

/** @throws {LogFileDamaged} for a line that is too long; the system's error */
export async function* linesOf(path: string): AsyncGenerator<LineRun> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of bytesOf(path) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Buffer[] = [];
    const offsets: number[] = [];
    let from = 0;
    for (let to = bytes.indexOf(lineFeed); to >= 0; to = bytes.indexOf(lineFeed, from)) {
      lines.push(bytes.subarray(from, to));
      offsets.push(offset + from);
      from = to + 1;
    }
    offset += from;
    rest = bytes.subarray(from);
    if (rest.length > lineBytesMax) throw new LogFileDamaged('It is too long to be a line.');
    yield { lines, offsets };
  }
  if (rest.length > 0) throw new LogFileDamaged('The file breaks off in the middle of it.');
}

function bytesOf(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  if (!isCompressed(path)) return file;
  // The error, if there is one, is met by whoever reads.
  return pipeline(file, createGunzip({ chunkSize: chunkBytes }), () => undefined);
}

function readLine(number: number, bytes: Buffer): ReadLine {
  try {
    return { number, line: parseExactLine(bytes) };
  } catch (error) {
    if (!(error instanceof LogFileDamaged)) throw error;
    return { number, damage: error.message };
  }
}

/** Whether a file could not be unpacked. */
export const isOfCompression = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
