import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';

import { isKeyName, keyIdBytes, parseNote, strictBase64 } from './signed-note.ts';

/** The public half of a signing key, under the name that its signatures bear. */
export interface VerifierKey {
  readonly name: string;
  readonly id: Buffer;
  readonly publicKey: KeyObject;
  /** As it is written and handed on: `<name>+<id in hex>+<base64>` (C2SP signed-note). */
  readonly text: string;
}

const ed25519 = 1;
const publicKeyBytes = 32;
/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** @throws {RangeError} for a name that no key can have */
export function verifierKey(name: string, publicKey: KeyObject): VerifierKey {
  if (!isKeyName(name)) throw new RangeError('a key’s name is not empty, without spaces and +');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const bytes = Buffer.concat([Buffer.of(ed25519), der.subarray(derPrefix.length)]);
  const id = keyId(name, bytes);
  const text = `${name}+${id.toString('hex')}+${bytes.toString('base64')}`;
  return { name, id, publicKey, text };
}

/** The key that a verifier key's text is of, or undefined for what is none, or of another kind. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = '', hex = '', base64 = ''] = /^([^+]*)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = strictBase64(base64);
  if (!isKeyName(name) || bytes?.length !== 1 + publicKeyBytes || bytes[0] !== ed25519)
    return undefined;
  const id = keyId(name, bytes);
  if (id.toString('hex') !== hex) return undefined;
  const der = Buffer.concat([derPrefix, bytes.subarray(1)]);
  return { name, id, text, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** The first of these keys that has signed the note, if one has. */
export function signerOf(note: string, keys: Iterable<VerifierKey>): VerifierKey | undefined {
  const parsed = parseNote(note);
  if (parsed === undefined) return undefined;
  const text = Buffer.from(parsed.text);
  for (const key of keys)
    for (const { name, id, signature } of parsed.signatures)
      if (name === key.name && id.equals(key.id) && verify(null, text, key.publicKey, signature))
        return key;
  return undefined;
}

const keyId = (name: string, bytes: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'buffer').subarray(
    0,
    keyIdBytes,
  );
