import { createHash, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { unsealed } from '../checker/text-keys.ts';

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** A sealed body of a text that is no longer than those looked for. */
const bodyBytesMax = 3 + nonceBytes + 80 + tagBytes;
const bodyBytesMin = 3 + nonceBytes + tagBytes;

interface Opened {
  readonly id: string;
  readonly body: Buffer;
}

/**
 * What somebody recovers who has all bytes of a store and the master key of now: every wrapped key
 * that lies anywhere among them is tried, and every body that a record's metadata among them names
 * is tried under every two of the keys that were unwrapped. Sorted, each text once. The forms are
 * those that are documented; the program's own code for them is not used.
 */
export function recoveredTexts(bytes: Buffer, masterFile: string): readonly string[] {
  const masters = readFileSync(masterFile, 'utf8').trim().split('\n');
  const text = bytes.toString('latin1');
  const keys = unwrappedKeys(text, masters);
  const texts = new Set<string>();
  for (const { id, body } of sealedBodies(bytes, text))
    for (const author of keys)
      for (const place of keys) {
        const material = Buffer.concat([author, place]);
        const key = hkdfSync('sha256', material, '', 'securechat/text/v1', keyBytes);
        const opened = unsealed(Buffer.from(key), body.subarray(3), Buffer.from(id));
        if (opened !== undefined) texts.add(opened.toString());
      }
  return [...texts].toSorted();
}

/** All keys that a master key unwraps, under any name that stands among the bytes. */
function unwrappedKeys(text: string, masters: readonly string[]): readonly Buffer[] {
  const names = namesIn(text);
  const keys = new Map<string, Buffer>();
  for (const master of masters.map((line) => Buffer.from(line, 'base64'))) {
    const id = createHash('sha256').update('securechat/master/v1\n').update(master).digest('hex');
    for (const [, wrapped = ''] of text.matchAll(
      new RegExp(`${id.slice(0, 16)}:([\\w-]{80})`, 'g'),
    ))
      for (const name of names) {
        const key = unsealed(master, Buffer.from(wrapped, 'base64url'), Buffer.from(name));
        if (key !== undefined) keys.set(key.toString('hex'), key);
      }
  }
  return [...keys.values()];
}

/** What may be a key's name. What follows a name may look like a part of it. */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set(text.match(/(?:room|pair):[\w:.-]+?:\d{4}-\d\d/g));
  for (const [match] of text.matchAll(/user:[\w-]{2,32}/g))
    for (let end = 'user:'.length + 2; end <= match.length; end++) names.add(match.slice(0, end));
  return names;
}

/** The bodies that metadata among the bytes names by their hash. */
function sealedBodies(bytes: Buffer, text: string): readonly Opened[] {
  const named = /\{"id":"([\w-]+)","type":"\w+Posted",[^\0]*?"body":"([\w-]{43})"\}/g;
  const ids = new Map([...text.matchAll(named)].map(([, id = '', hash = '']) => [hash, id]));
  const bodies: Opened[] = [];
  for (let at = bytes.indexOf(1); at >= 0 && ids.size > 0; at = bytes.indexOf(1, at + 1)) {
    // The month of a body: this century's have a first byte of 1 to 8.
    const month = bytes[at + 1] ?? 0;
    if (month < 1 || month > 8) continue;
    for (let length = bodyBytesMin; length <= bodyBytesMax; length++) {
      const body = bytes.subarray(at, at + length);
      const id = ids.get(createHash('sha256').update(body).digest('base64url'));
      if (id !== undefined) bodies.push({ id, body });
    }
  }
  return bodies;
}
