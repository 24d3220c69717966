import { randomUUID } from 'node:crypto';

import { checkpointText } from '../../adapters/audit/checkpoint-note.ts';
import { vouchFor } from '../../adapters/audit/key-voucher.ts';
import { LeafList } from '../../adapters/audit/leaf-list.ts';
import { nodeHash } from '../../adapters/audit/node-hash.ts';
import { recordLeaf } from '../../adapters/audit/record-leaf.ts';
import { newSigningKey, type SigningKey, signingKey } from '../../adapters/audit/signing-key.ts';
import type { FiledCheckpoint } from '../../adapters/log-file/lines.ts';
import { decodeRecord, encodeEvent } from '../../adapters/record-codec.ts';
import type { ChatEvent } from '../../core/event.ts';
import type { NewEvent } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { appendLeaves, emptyRange, rootOf } from '../../core/merkle/compact-range.ts';
import { auditStream, epochStream, signingKeysStream } from '../../core/stream.ts';
import { messagePosted, newEvent, roomJoined } from '../support/events.ts';

export const testKey = (): SigningKey => signingKey(newSigningKey());

/**
 * A partition's log as servers would have written and sealed it, record by record: for tests that
 * need two logs with a common beginning. It can begin with what another one has.
 */
export class SealedRecords {
  readonly partition: number;
  readonly records: StoredRecord[];
  /** The notes of all its checkpoints. */
  readonly notes: string[] = [];
  readonly #key: SigningKey;
  readonly #revisions = new Map<string, number>();
  #epoch = 'epoch-1';
  #sealed = 0;

  constructor(
    key: SigningKey,
    past: readonly StoredRecord[] = [],
    { partition = 0, partitions = 1 } = {},
  ) {
    this.partition = partition;
    this.#key = key;
    this.records = [...past];
    for (const record of past) {
      this.#revisions.set(record.stream, record.revision);
      const { event } = decodeRecord(record);
      if (event.type === 'EpochStarted') this.#epoch = event.data.epoch;
      if (event.type !== 'CheckpointSigned') continue;
      this.#sealed = event.data.size;
      this.notes.push(event.data.note);
    }
    if (past.length > 0) return;
    this.add(
      epochStream,
      newEvent({ type: 'EpochStarted', data: { epoch: this.#epoch, from: 1, partitions } }),
    );
    this.publish(key);
  }

  add(stream: string, event: NewEvent): void {
    const revision = (this.#revisions.get(stream) ?? 0) + 1;
    this.#revisions.set(stream, revision);
    const { meta, body } = encodeEvent(event);
    const position = this.records.length + 1;
    const placed = { partition: this.partition, position, stream, revision, at: 1_000 + position };
    this.records.push({ ...placed, meta, ...(body && { body }) });
  }

  say(howMany: number): void {
    for (let said = 0; said < howMany; said++) {
      const event = said % 9 === 0 ? roomJoined(`user${said}`) : messagePosted(randomUUID());
      this.add('room:lobby', event);
    }
  }

  /** `signer` vouches for it. */
  publish(key: SigningKey, signer?: SigningKey): void {
    const note = signer && vouchFor(signer, key.verifier);
    const data = { key: key.verifier.text, ...(note !== undefined && { note }) };
    this.add(signingKeysStream(this.partition), newEvent({ type: 'SigningKeyPublished', data }));
  }

  /** The log was set back to before position `from`, and what it has from there on is new. */
  startEpoch(epoch: string, from: number): void {
    const data = { epoch, previous: this.#epoch, from };
    this.#epoch = epoch;
    this.add(epochStream, newEvent({ type: 'EpochStarted', data }));
  }

  /** Appends a checkpoint over all there is. */
  seal(key = this.#key): void {
    const { event } = this.#checkpoint(key);
    this.add(auditStream(this.partition), newEvent(event));
    this.#sealed = event.data.size;
    this.notes.push(event.data.note);
  }

  /** A checkpoint over all there is that stands behind the records, as in an export. */
  filed(key = this.#key): FiledCheckpoint {
    const { event } = this.#checkpoint(key);
    this.notes.push(event.data.note);
    const { note, range } = event.data;
    return { partition: this.partition, note, range, leaves: event.text };
  }

  #checkpoint(key: SigningKey): { event: Extract<ChatEvent, { type: 'CheckpointSigned' }> } {
    const all = this.records.map(recordLeaf);
    const leaves = new LeafList();
    for (const leaf of all.slice(this.#sealed)) leaves.push(leaf);
    const range = appendLeaves(nodeHash, emptyRange, all);
    const { size } = range;
    const root = Buffer.from(rootOf(nodeHash, range));
    const epoch = this.#epoch;
    const note = key.signNote(checkpointText({ partition: this.partition, epoch, size, root }));
    const roots = range.roots.map((bytes) => Buffer.from(bytes).toString('base64'));
    const data = { epoch, size, root: root.toString('base64'), range: roots, note };
    return { event: { type: 'CheckpointSigned', data, text: leaves.toString() } };
  }
}

/** A log of some hundred records, sealed every few dozen, all of it covered by a checkpoint behind. */
export function sealedLog(key: SigningKey, rounds = 10): SealedRecords {
  const log = new SealedRecords(key);
  for (let round = 0; round < rounds; round++) {
    log.say(20 + ((round * 7) % 11));
    log.seal();
  }
  log.say(15);
  return log;
}
