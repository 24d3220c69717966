/** SHA-256 of some bytes, as the platform gives it: the core has none of its own. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const hashBytes = 32;

/** The hashes of a Merkle tree (RFC 9162, 2.1.1): leaves and nodes can never be taken for each other. */
export interface TreeHash {
  /** Of a tree without leaves. */
  readonly empty: Uint8Array;
  leaf(input: Uint8Array): Uint8Array;
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
}

const leafPrefix = 0;
const nodePrefix = 1;

export function treeHash(sha256: Sha256): TreeHash {
  return {
    empty: sha256(new Uint8Array()),
    leaf: (input) => {
      const bytes = new Uint8Array(1 + input.length);
      bytes[0] = leafPrefix;
      bytes.set(input, 1);
      return sha256(bytes);
    },
    node: (left, right) => {
      const bytes = new Uint8Array(1 + 2 * hashBytes);
      bytes[0] = nodePrefix;
      bytes.set(left, 1);
      bytes.set(right, 1 + hashBytes);
      return sha256(bytes);
    },
  };
}

export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
