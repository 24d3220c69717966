import type { LogSource } from '../../core/log-source.ts';
import { appendLeaves, emptyRange, rootOf } from '../../core/merkle/compact-range.ts';
import { consistencyProof, inclusionProof } from '../../core/merkle/proof.ts';
import { isSameHash } from '../../core/merkle/tree-hash.ts';
import { sealingStreams } from '../../core/stream.ts';
import { decodeRecord } from '../record-codec.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint-note.ts';
import { KeyRing } from './key-ring.ts';
import { LeafList } from './leaf-list.ts';
import { nodeHash } from './node-hash.ts';
import type { ConsistencyProof, InclusionProof } from './proof-file.ts';
import { recordLeaf } from './record-leaf.ts';
import { signerOf } from './verifier-key.ts';

const pageRecords = 1_000;

/** What was asked for cannot be proved. The message is a sentence. */
export class NotProvable extends Error {
  override readonly name = 'NotProvable';
}

/** One partition's log with its checkpoints, to prove things of. All its leaves are kept. */
export class SealedLog {
  readonly #source: LogSource;
  readonly #partition: number;
  readonly #leaves = new LeafList();
  /** In order of size. */
  readonly #checkpoints: (Checkpoint & { readonly note: string })[] = [];
  readonly #keys = new KeyRing();

  private constructor(source: LogSource, partition: number) {
    this.#source = source;
    this.#partition = partition;
  }

  /** Reads it through. `others`: the notes of checkpoints that are not in the log. */
  static async read(
    source: LogSource,
    partition: number,
    others: readonly string[],
  ): Promise<SealedLog> {
    if (partition >= source.info.partitions)
      throw new NotProvable(`The log has no partition ${partition}.`);
    const log = new SealedLog(source, partition);
    for (;;) {
      const page = await source.readStored(partition, log.#leaves.size + 1, pageRecords);
      for (const record of page) {
        if (record.position !== log.#leaves.size + 1) throw new NotProvable(notWhole);
        log.#leaves.push(recordLeaf(record));
        if (sealingStreams(partition).includes(record.stream)) log.#note(record);
      }
      if (page.length < pageRecords) break;
    }
    for (const note of others) log.#add(note);
    return log;
  }

  /** At which there are checkpoints, in their order. */
  get sizes(): readonly number[] {
    return this.#checkpoints.map(({ size }) => size);
  }

  /** @throws {NotProvable} */
  async proveInclusion(position: number): Promise<InclusionProof> {
    const checkpoint = this.#checkpoints.findLast(({ size }) => size >= position);
    if (checkpoint === undefined || position < 1)
      throw new NotProvable(`No checkpoint covers position ${position} of this partition.`);
    const key = this.#keyOf(checkpoint);
    const [record] = await this.#source.readStored(this.#partition, position, 1);
    if (record === undefined) throw new NotProvable(notWhole);
    const path = inclusionProof(nodeHash, this.#leaves, position - 1, checkpoint.size);
    return { record, path, note: checkpoint.note, key };
  }

  /** Of two sizes at which there are checkpoints. @throws {NotProvable} */
  proveConsistency(one: number, other: number): ConsistencyProof {
    const [older, newer] = [this.#at(Math.min(one, other)), this.#at(Math.max(one, other))];
    this.#keyOf(older);
    const key = this.#keyOf(newer);
    const path = consistencyProof(nodeHash, this.#leaves, older.size, newer.size);
    return { older: older.note, newer: newer.note, path, key };
  }

  #note(record: Parameters<typeof decodeRecord>[0]): void {
    const { event } = decodeRecord(record);
    if (event.type === 'SigningKeyPublished') this.#keys.published(event.data);
    if (event.type === 'CheckpointSigned') this.#add(event.data.note);
  }

  #add(note: string): void {
    const checkpoint = parseCheckpoint(note);
    if (checkpoint?.partition === this.#partition) this.#checkpoints.push({ ...checkpoint, note });
  }

  #at(size: number): Checkpoint & { readonly note: string } {
    const found = this.#checkpoints.findLast((checkpoint) => checkpoint.size === size);
    if (found !== undefined) return found;
    const near = this.#checkpoints.map((checkpoint) => checkpoint.size);
    const known =
      near.length === 0 ? 'there is none' : `the last ones are at ${near.slice(-5).join(', ')}`;
    throw new NotProvable(`There is no checkpoint of size ${size} in this partition: ${known}.`);
  }

  /** Who signed it. @throws {NotProvable} when nobody did, or it is of another log */
  #keyOf({ note, size, root }: Checkpoint & { readonly note: string }): string {
    const signer = signerOf(note, this.#keys.accepted);
    const isThere = size <= this.#leaves.size;
    const range = appendLeaves(nodeHash, emptyRange, this.#leaves.first(isThere ? size : 0));
    if (signer === undefined || !isSameHash(rootOf(nodeHash, range), root))
      throw new NotProvable(notWhole);
    return signer.text;
  }
}

const notWhole =
  'The log is not what was sealed: securechat audit verify says where it was changed.';
