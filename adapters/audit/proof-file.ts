import type { StoredRecord } from '../../core/log-source.ts';
import { isConsistent, isIncluded } from '../../core/merkle/proof.ts';
import { bodyHash } from '../record-codec.ts';
import { lineOf, LogFileDamaged, parseLine } from '../log-file/lines.ts';
import { parseCheckpoint } from './checkpoint-note.ts';
import { nodeHash } from './node-hash.ts';
import { recordLeaf } from './record-leaf.ts';
import { strictBase64 } from './signed-note.ts';
import { parseVerifierKey, signerOf, type VerifierKey } from './verifier-key.ts';

const version = 1;

/** That a record stands in a log at its position. Anybody can check it who has the public key. */
export interface InclusionProof {
  readonly record: StoredRecord;
  /** The hashes from the leaf up to the root (RFC 9162, 2.1.3). */
  readonly path: readonly Uint8Array[];
  /** The checkpoint that covers it. */
  readonly note: string;
  /** The public key that has signed that. */
  readonly key: string;
}

/** That the tree of one checkpoint is the beginning of that of another. */
export interface ConsistencyProof {
  readonly older: string;
  readonly newer: string;
  /** RFC 9162, 2.1.4. */
  readonly path: readonly Uint8Array[];
  readonly key: string;
}

export function formatInclusion({ record, path, note, key }: InclusionProof): string {
  const fields = JSON.parse(lineOf({ kind: 'record', record })) as object;
  return formatted('inclusion-proof', { record: fields, path: texts(path), note, key });
}

export const formatConsistency = ({ older, newer, path, key }: ConsistencyProof): string =>
  formatted('consistency-proof', { older, newer, path: texts(path), key });

export type ProofCheck =
  /** What is proved, in a sentence, and the key on whose word. */
  | { readonly proves: string; readonly key: string }
  /** What is wrong, in a sentence. */
  | { readonly fault: string };

/** Checks a proof by itself: against the keys given, or the one that it names. */
export function checkProof(text: string, keys: readonly VerifierKey[]): ProofCheck {
  const proof = fieldsIn(text);
  if (proof === undefined || proof['version'] !== version) return fault('It is no proof.');
  const named = parseVerifierKey(String(proof['key']));
  const trusted = keys.length > 0 ? keys : named === undefined ? [] : [named];
  const path = pathIn(proof['path']);
  if (path === undefined) return fault('Its path is none.');
  switch (proof['securechat']) {
    case 'inclusion-proof':
      return checkInclusion(proof, path, trusted);
    case 'consistency-proof':
      return checkConsistency(proof, path, trusted);
    default:
      return fault('It is no proof.');
  }
}

function checkInclusion(
  { note, record: fields }: Fields,
  path: readonly Uint8Array[],
  keys: readonly VerifierKey[],
): ProofCheck {
  const signed = signedBy(note, keys);
  if (signed === undefined) return fault(unsigned);
  const record = recordIn(fields);
  if (record === undefined) return fault('Its record is none.');
  if (record.partition !== signed.checkpoint.partition)
    return fault('Its record and its checkpoint are of two partitions.');
  if (record.body !== undefined && !names(record, bodyHash(record.body)))
    return fault('The body of its record is not the one that was sealed.');
  const { position, partition } = record;
  if (!isIncluded(nodeHash, recordLeaf(record), position - 1, signed.checkpoint, path))
    return fault('The record is not the one that was sealed there.');
  const { size, epoch } = signed.checkpoint;
  const proves = `This record is at position ${position} of partition ${partition}, as the checkpoint of size ${size} and epoch ${epoch} has it.`;
  return { proves, key: signed.key };
}

function checkConsistency(
  { older, newer }: Fields,
  path: readonly Uint8Array[],
  keys: readonly VerifierKey[],
): ProofCheck {
  const [before, after] = [signedBy(older, keys), signedBy(newer, keys)];
  if (before === undefined || after === undefined) return fault(unsigned);
  const [one, other] = [before.checkpoint, after.checkpoint];
  if (one.partition !== other.partition) return fault('Its checkpoints are of two partitions.');
  if (!isConsistent(nodeHash, one, other, path))
    return fault(`The log of size ${other.size} does not begin with that of size ${one.size}.`);
  const proves = `The log of partition ${one.partition} at size ${other.size} begins with that at size ${one.size}.`;
  return { proves, key: after.key };
}

function signedBy(note: unknown, keys: readonly VerifierKey[]) {
  if (typeof note !== 'string') return undefined;
  const [signer, checkpoint] = [signerOf(note, keys), parseCheckpoint(note)];
  if (signer === undefined || checkpoint === undefined) return undefined;
  return { checkpoint, key: signer.text };
}

function recordIn(fields: unknown): StoredRecord | undefined {
  try {
    const line = parseLine(JSON.stringify(fields));
    return line.kind === 'record' ? line.record : undefined;
  } catch (error) {
    if (error instanceof LogFileDamaged) return undefined;
    throw error;
  }
}

function names({ meta }: StoredRecord, body: string): boolean {
  return fieldsIn(Buffer.from(meta).toString())?.['body'] === body;
}

function pathIn(path: unknown): readonly Buffer[] | undefined {
  if (!Array.isArray(path)) return undefined;
  const hashes = path.map((text) => (typeof text === 'string' ? strictBase64(text) : undefined));
  return hashes.every((bytes) => bytes !== undefined) ? hashes : undefined;
}

function fieldsIn(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const unsigned = 'A checkpoint of it is not signed by a key that is known here.';
const fault = (what: string): ProofCheck => ({ fault: what });
const texts = (path: readonly Uint8Array[]): readonly string[] =>
  path.map((bytes) => Buffer.from(bytes).toString('base64'));
const formatted = (kind: string, fields: object): string =>
  `${JSON.stringify({ securechat: kind, version, ...fields }, undefined, 2)}\n`;
