import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { decodeRecord } from '../record-codec.ts';
import { bytesOf, listOf, numberOf, type Reply, textOf } from './reply.ts';

/** An entry of a log as Redis gives it: its position, and its fields by their one-letter names. */
export interface Entry {
  readonly position: number;
  /** s: the stream, and r: the revision there. */
  readonly stream: string;
  readonly revision: number;
  /** a: when it was written, in milliseconds since 1970. */
  readonly at: number;
  /** m: the metadata, and b: the body, as the record's codec made them. */
  readonly meta: Buffer;
  readonly body: Buffer | undefined;
  /** l: the second stream, and q: the revision there. */
  readonly link: { readonly stream: string; readonly revision: number } | undefined;
}

export function entryOf(reply: Reply | undefined): Entry {
  const [id, fields] = listOf(reply);
  const list = listOf(fields);
  let [stream, revision, at, meta, body, link, linked]: (Reply | undefined)[] = [];
  for (let place = 0; place + 1 < list.length; place += 2) {
    const value = list[place + 1];
    switch (String.fromCharCode(bytesOf(list[place])[0] ?? 0)) {
      case 's':
        stream = value;
        break;
      case 'r':
        revision = value;
        break;
      case 'a':
        at = value;
        break;
      case 'm':
        meta = value;
        break;
      case 'b':
        body = value;
        break;
      case 'l':
        link = value;
        break;
      case 'q':
        linked = value;
        break;
      default:
        // A field of a later version, which an earlier one can do without.
        break;
    }
  }
  return {
    position: numberBeforeDash(id),
    stream: textOf(stream),
    revision: numberOf(revision),
    at: numberOf(at),
    meta: bytesOf(meta),
    body: body === undefined ? undefined : bytesOf(body),
    link: link === undefined ? undefined : { stream: textOf(link), revision: numberOf(linked) },
  };
}

export const entriesOf = (reply: Reply): readonly Entry[] => listOf(reply).map(entryOf);

/** The record that an entry holds. @throws {CorruptRecord} */
export const recordOf = (partition: number, entry: Entry): Recorded =>
  decodeRecord(storedIn(partition, entry));

/** The same as it is kept. */
export function storedIn(partition: number, entry: Entry): StoredRecord {
  const { position, stream, revision, at, link, meta, body } = entry;
  const stored = { partition, position, stream, revision, at, meta, ...(body && { body }) };
  return link === undefined ? stored : { ...stored, link };
}

/** An id in a stream of Redis is a number of ours and `-0`. */
export function numberBeforeDash(id: Reply | undefined): number {
  return Number.parseInt(bytesOf(id).toString('latin1'), 10);
}
