import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';

import type { ChatEvent } from '../core/event.ts';
import type { Actor, NewEvent, Recorded } from '../core/event-store.ts';
import type { Placement, StoredRecord } from '../core/log-source.ts';

/** The version of the record's form. It is kept with the log; a higher one is refused. */
export const recordFormat = 1;

/** The body's first byte: how the rest is to be read. */
const bodyPlain = 0;
/** A sealed text, as `sealing/sealed-text.ts` makes it. */
export const bodySealed = 1;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A record as a store keeps it: two byte strings, stored as they are and never rewritten. */
export interface EncodedEvent {
  /**
   * JSON in UTF-8: `{ id, type, v, actor, cause, data, body? }`, where `body` is the SHA-256 of
   * the stored body in base64url.
   */
  readonly meta: Buffer;
  /** The format byte and the text in UTF-8; absent for an event without text. */
  readonly body?: Buffer;
}

interface Meta {
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly actor: Actor;
  readonly cause: string;
  readonly data: object;
  readonly body?: string;
}

export function encodeEvent({ id, actor, cause, event, sealed }: NewEvent): EncodedEvent {
  const { type, data } = event;
  const fields = { id, type, v: 1, actor, cause, data };
  if (!('text' in event)) return { meta: Buffer.from(JSON.stringify(fields)) };
  const plain = (): Buffer => Buffer.concat([Buffer.of(bodyPlain), Buffer.from(event.text)]);
  const body = sealed === undefined ? plain() : Buffer.from(sealed);
  const meta = Buffer.from(JSON.stringify({ ...fields, body: bodyHash(body) } satisfies Meta));
  return { meta, body };
}

/** @throws {CorruptRecord} when the bytes are not what `encodeEvent` makes. */
export function decodeRecord(stored: StoredRecord): Recorded {
  const { partition, position, stream, revision, at, link, body } = stored;
  const { id, type, actor, cause, data, body: named } = parseMeta(stored);
  if (named !== (body && bodyHash(body)))
    throw new CorruptRecord(stored, 'its body is not the one that its metadata names');
  const event = (body ? { type, data, text: textOf(stored, body) } : { type, data }) as ChatEvent;
  const recorded = { partition, position, stream, revision, at, id, actor, cause, event };
  const isSealed = body?.[0] === bodySealed;
  // Of most records there is no more to tell, and a replay reads a million of them.
  if (link === undefined && !isSealed) return recorded;
  return { ...recorded, ...(link && { link }), ...(isSealed && { sealed: body }) };
}

function textOf(stored: StoredRecord, body: Uint8Array): string {
  if (body[0] === bodySealed) return '';
  if (body[0] !== bodyPlain) throw new CorruptRecord(stored, `body of kind ${body[0]}`);
  return utf8.decode(body.subarray(1));
}

/** SHA-256 of a stored body, in base64url: what the metadata says of it. */
export const bodyHash = (body: Uint8Array): string => hash('sha256', body, 'base64url');

/** A record that cannot be read: the store was changed by something else than this program. */
export class CorruptRecord extends Error {
  override readonly name = 'CorruptRecord';
  /** The damage, to go on a sentence with. */
  readonly what: string;

  constructor({ partition, position }: Pick<Placement, 'partition' | 'position'>, what: string) {
    super(`The record at position ${position} of partition ${partition} is damaged: ${what}.`);
    this.what = what;
  }
}

function parseMeta(stored: StoredRecord): Meta {
  const { meta: bytes } = stored;
  if (!isUtf8(bytes)) throw new CorruptRecord(stored, 'its metadata is no UTF-8');
  let meta: unknown;
  try {
    meta = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw new CorruptRecord(stored, `its metadata is no JSON (${String(error)})`);
  }
  if (!isMeta(meta)) throw new CorruptRecord(stored, 'its metadata lacks what each record has');
  return meta;
}

function isMeta(value: unknown): value is Meta {
  if (!isObject(value)) return false;
  const { id, type, v, actor, cause, data } = value as Partial<Meta>;
  const isNamed = typeof id === 'string' && typeof type === 'string' && typeof cause === 'string';
  return isNamed && typeof v === 'number' && isObject(actor) && isObject(data);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
