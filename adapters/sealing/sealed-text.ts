import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

import { bodySealed } from '../record-codec.ts';
import { textBytes } from '../text-memory.ts';

const algorithm = 'aes-256-gcm';
const monthAt = 1;
const nonceAt = 3;
const nonceBytes = 12;
const textAt = nonceAt + nonceBytes;
const tagBytes = 16;

/**
 * A body: the format byte, the month of its place's key (2 bytes, big-endian, counted from January
 * 1970), a random nonce of 12 bytes, and the text under AES-256-GCM with its tag of 16 bytes.
 * The record's id is associated data, so that no body can be put under another record.
 */
export function sealText(key: KeyObject, id: string, month: number, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(id));
  const plain = textBytes(text);
  const head = Buffer.alloc(nonceAt);
  head[0] = bodySealed;
  head.writeUInt16BE(month, monthAt);
  const sealed = [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  plain.fill(0);
  return Buffer.concat([head, nonce, ...sealed]);
}

/** Undefined when the key is not the one that sealed it, or the bytes are others. */
export function openText(key: KeyObject, id: string, body: Uint8Array): string | undefined {
  const end = body.length - tagBytes;
  if (end < textAt) return undefined;
  const nonce = body.subarray(nonceAt, textAt);
  const decipher = createDecipheriv(algorithm, key, nonce).setAAD(Buffer.from(id));
  decipher.setAuthTag(body.subarray(end));
  const plain = decipher.update(body.subarray(textAt, end));
  try {
    decipher.final();
    return plain.toString();
  } catch {
    // Node says of a tag that does not fit no more than that.
    return undefined;
  } finally {
    plain.fill(0);
  }
}

/** The month that a sealed body names. */
export const monthOfBody = (body: Uint8Array): number =>
  ((body[monthAt] ?? 0) << 8) | (body[monthAt + 1] ?? 0);
