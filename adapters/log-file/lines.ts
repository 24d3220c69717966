import { isUtf8 } from 'node:buffer';

import type { StoredRecord } from '../../core/log-source.ts';
import type { ChatState } from '../../core/views/chat-state.ts';

/** The version of the file's form; a higher one is refused. */
export const logFileVersion = 1;

/** Numbers have fifteen digits at most, which every JSON reader takes as they are. */
const numbersEnd = 1e15;

/** The first line: of what log the file is. */
export interface LogFileHeader {
  /** The version of the records' form. */
  readonly format: number;
  readonly partitions: number;
  /** By partition, the epoch in force when the file was written. */
  readonly epochs: readonly string[];
  /** The public key by which the log was sealed, as a C2SP verifier key; null if by none. */
  readonly key: string | null;
  /** Of a part of a log: the positions that it comes behind, and the chat's state there. */
  readonly before?: { readonly positions: readonly number[]; readonly state: ChatState };
}

/** A checkpoint, as it stands behind the records that it covers. Bytes are in base64. */
export interface FiledCheckpoint {
  readonly partition: number;
  readonly note: string;
  readonly range: readonly string[];
  readonly leaves: string;
}

export type LogFileLine =
  | { readonly kind: 'header'; readonly header: LogFileHeader }
  | { readonly kind: 'record'; readonly record: StoredRecord }
  | { readonly kind: 'checkpoint'; readonly checkpoint: FiledCheckpoint }
  /** The last line: how many records there are before it. */
  | { readonly kind: 'end'; readonly records: number };

/** A file that is not, or not wholly, what was written. The message is a sentence. */
export class LogFileDamaged extends Error {
  override readonly name = 'LogFileDamaged';
}

/** The line, with its end. What is no UTF-8 in a record's metadata does not survive it. */
export function lineOf(line: LogFileLine): string {
  return `${JSON.stringify(fieldsOf(line))}\n`;
}

function fieldsOf(line: LogFileLine): object {
  switch (line.kind) {
    case 'header':
      return headerFields(line.header);
    case 'record': {
      const {
        partition: p,
        position: n,
        stream: s,
        revision: r,
        at: t,
        link,
        meta,
        body,
      } = line.record;
      const l = link === undefined ? {} : { l: [link.stream, link.revision] };
      const b = body === undefined ? {} : { b: Buffer.from(body).toString('base64') };
      return { p, n, s, r, t, ...l, m: Buffer.from(meta).toString('utf8'), ...b };
    }
    case 'checkpoint': {
      const { partition: p, note, range, leaves } = line.checkpoint;
      return { checkpoint: { p, note, range, leaves } };
    }
    case 'end':
      return { end: { records: line.records } };
  }
}

/** Their order is a part of the form. */
function headerFields({ format, partitions, epochs, key, before }: LogFileHeader): object {
  const b = before === undefined ? {} : { before };
  return { securechat: 'log', version: logFileVersion, format, partitions, epochs, key, ...b };
}

/**
 * A line, without its end, for whoever proves something by it: byte for byte what this program
 * writes, so that no two readers can see two things in it.
 * @throws {LogFileDamaged}
 */
export function parseExactLine(bytes: Buffer): LogFileLine {
  const text = bytes.toString();
  const line = parseLine(text);
  if (lineOf(line) !== `${text}\n` || !isUtf8(bytes))
    throw new LogFileDamaged('It is not in the form that an export has.');
  return line;
}

/** @throws {LogFileDamaged} when it is none of the four kinds, or not whole */
export function parseLine(text: string): LogFileLine {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new LogFileDamaged('It is no JSON.', { cause: error });
  }
  if (!isFields(fields)) throw new LogFileDamaged('It is no object.');
  const { securechat, checkpoint, end } = fields;
  if (securechat !== undefined) return { kind: 'header', header: headerIn(fields) };
  if (isFields(checkpoint)) return { kind: 'checkpoint', checkpoint: checkpointIn(checkpoint) };
  if (isFields(end) && isNumber(end['records'])) return { kind: 'end', records: end['records'] };
  return { kind: 'record', record: recordIn(fields) };
}

/** Where a record's line says that it belongs; undefined for other lines. Cheaper than parsing it. */
export function placeIn(line: Buffer): { partition: number; position: number } | undefined {
  const found = /^\{"p":(\d+),"n":(\d+),/.exec(line.toString('latin1', 0, placeBytesMax));
  if (found !== null) return { partition: Number(found[1]), position: Number(found[2]) };
  const parsed = parseLine(line.toString());
  return parsed.kind === 'record' ? parsed.record : undefined;
}

/** Two numbers of sixteen digits at most, and what stands around them. */
const placeBytesMax = 48;

function headerIn(fields: Fields): LogFileHeader {
  const { securechat, version, format, partitions, epochs, key } = fields;
  if (securechat !== 'log') throw new LogFileDamaged('It begins no log of this program.');
  if (version !== logFileVersion)
    throw new LogFileDamaged(
      `The file is of version ${String(version)}, and this program knows version ${logFileVersion}.`,
    );
  if (!isNumber(format) || !isNumber(partitions) || !isTexts(epochs))
    throw new LogFileDamaged('Its first line lacks what each file says of itself.');
  const header = { format, partitions, epochs, key: isText(key) ? key : null };
  return 'before' in fields
    ? { ...header, before: beforeIn(fields['before'], partitions) }
    : header;
}

/** The state is read by whoever goes on from it. */
function beforeIn(value: unknown, partitions: number): LogFileHeader['before'] & {} {
  const { positions, state } = isFields(value) ? value : {};
  const arePositions = Array.isArray(positions) && positions.every(isNumber);
  if (!arePositions || positions.length !== partitions || !isFields(state))
    throw new LogFileDamaged('Its first line does not say what the part of a log comes behind.');
  return { positions, state: state as unknown as ChatState };
}

function recordIn({ p, n, s, r, t, l, m, b }: Fields): StoredRecord {
  const isPlaced = isNumber(p) && isNumber(n) && isNumber(r) && isNumber(t);
  if (!isPlaced || !isText(s) || !isText(m))
    throw new LogFileDamaged('It lacks what each record has.');
  return {
    partition: p,
    position: n,
    stream: s,
    revision: r,
    at: t,
    ...(l === undefined ? {} : { link: linkIn(l) }),
    meta: Buffer.from(m),
    ...(b === undefined ? {} : { body: bytesIn(b) }),
  };
}

function linkIn(link: unknown): { stream: string; revision: number } {
  const [stream, revision, ...more] = Array.isArray(link) ? (link as unknown[]) : [];
  if (more.length > 0 || !isText(stream) || !isNumber(revision))
    throw new LogFileDamaged('Its link is none.');
  return { stream, revision };
}

function bytesIn(base64: unknown): Buffer {
  const bytes = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  if (bytes.toString('base64') !== base64)
    throw new LogFileDamaged('What should be base64 is none.');
  return bytes;
}

function checkpointIn({ p, note, range, leaves }: Fields): FiledCheckpoint {
  if (!isNumber(p) || !isText(note) || !isTexts(range) || !isText(leaves))
    throw new LogFileDamaged('Its checkpoint lacks what each checkpoint has.');
  for (const base64 of [...range, leaves]) bytesIn(base64);
  return { partition: p, note, range, leaves };
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(value as number) < numbersEnd;
/** Half a character outside of Unicode's first plane is one that UTF-8 cannot write. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && !/\p{Surrogate}/u.test(value);
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
