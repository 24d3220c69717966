import { isUtf8 } from 'node:buffer';

/**
 * A signed note (C2SP signed-note): a text, and the signatures of those who vouch for it.
 * https://c2sp.org/signed-note
 */
export interface SignedNote {
  /** What is signed, the last line's end included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  /** The key's name: not empty, without spaces and without `+`. */
  readonly name: string;
  /** The first bytes of the key's hash: which of the keys of that name it is. */
  readonly id: Buffer;
  readonly signature: Buffer;
}

export const keyIdBytes = 4;
const noteBytesMax = 1_000_000;
const signaturesMax = 100;

export function formatNote({ text, signatures }: SignedNote): string {
  const lines = signatures.map(
    ({ name, id, signature }) => `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** The note, or undefined for what is none. Whose the signatures are remains to be checked. */
export function parseNote(note: string): SignedNote | undefined {
  const bytes = Buffer.from(note);
  if (bytes.length > noteBytesMax || !isUtf8(bytes) || hasControls(note)) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const lines = note
    .slice(end + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length === 0 || lines.length > signaturesMax) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, end + 1), signatures };
}

export const isKeyName = (name: string): boolean =>
  name !== '' && !/[\p{White_Space}+]/u.test(name);

/** The bytes of a base64 text with its padding, or undefined for what no encoder writes. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', base64 = ''] = /^— ([^ ]+) ([^ ]+)$/u.exec(line) ?? [];
  const bytes = strictBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= keyIdBytes) return undefined;
  return { name, id: bytes.subarray(0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
}

const hasControls = (text: string): boolean => /[\u0000-\u0009\u000b-\u001f]/.test(text);
