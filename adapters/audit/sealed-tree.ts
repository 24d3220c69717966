import {
  appendLeaves,
  type CompactRange,
  emptyRange,
  isRangeOf,
  rootOf,
} from '../../core/merkle/compact-range.ts';
import { isSameHash } from '../../core/merkle/tree-hash.ts';
import type { Checkpoint } from './checkpoint-note.ts';
import { LeafList } from './leaf-list.ts';
import { nodeHash } from './node-hash.ts';

/** Where a log differs from the tree that was signed. */
export interface Difference {
  readonly position: number;
  readonly through: number;
}

/**
 * The tree over a partition's records as they are read, held against signed ones. It keeps the
 * leaves since the last checkpoint that was found right.
 */
export class SealedTree {
  #sealed: CompactRange = emptyRange;
  readonly #leaves = new LeafList();
  /** What the checkpoints since the last right one say that the leaves are. */
  readonly #stored = new LeafList();

  /** How many records there are. */
  get size(): number {
    return this.#sealed.size + this.#leaves.size;
  }

  /** Up to where they are what was signed. */
  get sealedSize(): number {
    return this.#sealed.size;
  }

  add(leaf: Uint8Array): void {
    this.#leaves.push(leaf);
  }

  /** The root of the first `size` records: some that are sealed already cannot be asked for. */
  rootAt(size: number): Uint8Array {
    return rootOf(nodeHash, this.#rangeAt(size));
  }

  /** Leaf hashes as a checkpoint carries them, whatever becomes of it. */
  noteLeaves(leaves: LeafList): void {
    for (const leaf of leaves) this.#stored.push(leaf);
  }

  /**
   * Holds the records against a checkpoint whose signature is right, and which is larger than the
   * last. Where they differ, or end too soon, the leaf hashes that came with it, or with those before
   * it, tell at which record, if they are those that were signed.
   */
  seal(checkpoint: Checkpoint, leaves: LeafList): Difference | undefined {
    const { size, root } = checkpoint;
    if (size > this.size) return this.#difference(checkpoint, leaves);
    const range = this.#rangeAt(size);
    if (!isSameHash(rootOf(nodeHash, range), root)) return this.#difference(checkpoint, leaves);
    this.#leaves.drop(size - this.#sealed.size);
    this.#sealed = range;
    this.#stored.drop(this.#stored.size);
    return undefined;
  }

  #difference(checkpoint: Checkpoint, own: LeafList): Difference {
    const position =
      this.#firstUnlike(checkpoint, own) ?? this.#firstUnlike(checkpoint, this.#stored);
    if (position !== undefined) return { position, through: position };
    return { position: this.#sealed.size + 1, through: checkpoint.size };
  }

  /** The first record whose leaf is not the one among these, the tree's last, if they were signed. */
  #firstUnlike({ size, root }: Checkpoint, signed: LeafList): number | undefined {
    const from = size - signed.size;
    if (from < this.#sealed.size || from > this.size) return undefined;
    if (!isRangeOf(nodeHash, appendLeaves(nodeHash, this.#rangeAt(from), signed), root))
      return undefined;
    for (let index = from; index < size; index++) {
      const leaf = index < this.size ? this.#leaves.at(index - this.#sealed.size) : undefined;
      if (leaf === undefined || !isSameHash(signed.at(index - from), leaf)) return index + 1;
    }
    return undefined;
  }

  #rangeAt(size: number): CompactRange {
    const count = size - this.#sealed.size;
    if (count < 0 || count > this.#leaves.size) throw new RangeError(`no tree of size ${size}`);
    return appendLeaves(nodeHash, this.#sealed, this.#leaves.first(count));
  }
}
