import { hashBytes } from '../../core/merkle/tree-hash.ts';
import type { Leaves } from '../../core/merkle/proof.ts';

const leavesAtFirst = 1_024;

/** Hashes of leaves next to one another: a million take 32 megabytes. */
export class LeafList implements Leaves, Iterable<Uint8Array> {
  #bytes: Buffer = Buffer.allocUnsafe(leavesAtFirst * hashBytes);
  #size = 0;

  /** The leaves in one base64, as checkpoints carry them; undefined for what is none. */
  static parse(base64: string): LeafList | undefined {
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length % hashBytes !== 0 || bytes.toString('base64') !== base64) return undefined;
    const list = new LeafList();
    for (let at = 0; at < bytes.length; at += hashBytes)
      list.push(bytes.subarray(at, at + hashBytes));
    return list;
  }

  get size(): number {
    return this.#size;
  }

  push(leaf: Uint8Array): void {
    if ((this.#size + 1) * hashBytes > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.allocUnsafe(this.#bytes.length)]);
    this.#bytes.set(leaf, this.#size * hashBytes);
    this.#size += 1;
  }

  /** A copy: the bytes below move when leaves are dropped. */
  at(index: number): Uint8Array {
    if (index < 0 || index >= this.#size) throw new RangeError(`there is no leaf at ${index}`);
    return Uint8Array.prototype.slice.call(this.#bytes, index * hashBytes, (index + 1) * hashBytes);
  }

  /** The first `count` of them. */
  *first(count: number): Generator<Uint8Array> {
    for (let index = 0; index < count; index++) yield this.at(index);
  }

  [Symbol.iterator](): Iterator<Uint8Array> {
    return this.first(this.#size);
  }

  /** Lets go of the first `count`; the others move up. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count * hashBytes, this.#size * hashBytes);
    this.#size -= count;
  }

  toString(): string {
    return this.#bytes.toString('base64', 0, this.#size * hashBytes);
  }
}
