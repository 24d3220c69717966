import type { Placement, StoredRecord } from '../../core/log-source.ts';
import { CorruptRecord, type EncodedEvent } from '../record-codec.ts';
import { readNumber, writeNumber } from './keys.ts';

/** The first byte of a stored record: how the rest is laid out. */
const layout = 1;

const atAt = 1;
const revisionAt = 9;
/** 0 for a record without a link. */
const linkRevisionAt = 17;
const streamBytesAt = 25;
const linkBytesAt = 27;
const metaBytesAt = 29;
const namesAt = 33;

/**
 * A record's placement, and behind it the metadata and the body as they are: bytes that a proof
 * can cover lie next to one another, apart from what the store has added.
 */
export function storedRecord(placement: Placement, { meta, body }: EncodedEvent): Buffer {
  const { stream, revision, at, link } = placement;
  const streamBytes = Buffer.byteLength(stream);
  const linkBytes = link === undefined ? 0 : Buffer.byteLength(link.stream);
  const metaAt = namesAt + streamBytes + linkBytes;
  const bodyAt = metaAt + meta.length;
  const bytes = Buffer.allocUnsafe(bodyAt + (body?.length ?? 0));
  bytes[0] = layout;
  writeNumber(bytes, at, atAt);
  writeNumber(bytes, revision, revisionAt);
  writeNumber(bytes, link?.revision ?? 0, linkRevisionAt);
  bytes.writeUInt16BE(streamBytes, streamBytesAt);
  bytes.writeUInt16BE(linkBytes, linkBytesAt);
  bytes.writeUInt32BE(meta.length, metaBytesAt);
  bytes.write(stream, namesAt);
  if (link !== undefined) bytes.write(link.stream, namesAt + streamBytes);
  meta.copy(bytes, metaAt);
  body?.copy(bytes, bodyAt);
  return bytes;
}

/** @throws {CorruptRecord} when the bytes are not what `storedRecord` makes. */
export function readStoredRecord(partition: number, position: number, bytes: Buffer): StoredRecord {
  if (bytes[0] !== layout || bytes.length < namesAt) throw damaged(partition, position);
  const linkAt = namesAt + bytes.readUInt16BE(streamBytesAt);
  const metaAt = linkAt + bytes.readUInt16BE(linkBytesAt);
  const bodyAt = metaAt + bytes.readUInt32BE(metaBytesAt);
  if (bodyAt > bytes.length) throw damaged(partition, position);
  const linkRevision = readNumber(bytes, linkRevisionAt);
  const link = { stream: bytes.toString('utf8', linkAt, metaAt), revision: linkRevision };
  return {
    partition,
    position,
    stream: bytes.toString('utf8', namesAt, linkAt),
    revision: readNumber(bytes, revisionAt),
    ...(linkRevision === 0 ? {} : { link }),
    at: readNumber(bytes, atAt),
    meta: bytes.subarray(metaAt, bodyAt),
    ...(bodyAt < bytes.length && { body: bytes.subarray(bodyAt) }),
  };
}

const damaged = (partition: number, position: number): CorruptRecord =>
  new CorruptRecord({ partition, position }, 'its bytes are not a record');
