import { isSameHash, type TreeHash } from './tree-hash.ts';

/** The hashes of a tree's leaves, in order; `at` counts from 0. */
export interface Leaves {
  readonly size: number;
  at(index: number): Uint8Array;
}

/**
 * The path that proves that the tree of the first `size` leaves has the leaf at `index`, from the
 * leaf up (RFC 9162, 2.1.3.1).
 *
 * @throws {RangeError} for a leaf that the tree does not have
 */
export function inclusionProof(
  hash: TreeHash,
  leaves: Leaves,
  index: number,
  size: number,
): readonly Uint8Array[] {
  if (index < 0 || index >= size || size > leaves.size)
    throw new RangeError(`a tree of ${size} leaves has none at ${index}`);
  const path: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    const isLeft = index < middle;
    path.push(isLeft ? subtree(hash, leaves, middle, to) : subtree(hash, leaves, from, middle));
    if (isLeft) to = middle;
    else from = middle;
  }
  return path.toReversed();
}

/**
 * The proof that the tree of the first `older` leaves is the beginning of that of the first `newer`
 * (RFC 9162, 2.1.4.1). Empty where nothing needs to be proved.
 *
 * @throws {RangeError} unless 0 < older ≤ newer ≤ the number of leaves
 */
export function consistencyProof(
  hash: TreeHash,
  leaves: Leaves,
  older: number,
  newer: number,
): readonly Uint8Array[] {
  if (older < 1 || older > newer || newer > leaves.size)
    throw new RangeError(`a tree of ${older} leaves is no beginning of one of ${newer}`);
  const path: Uint8Array[] = [];
  let [from, to] = [0, newer];
  let isKnown = true;
  while (older < to) {
    const middle = from + split(to - from);
    if (older <= middle) {
      path.push(subtree(hash, leaves, middle, to));
      to = middle;
    } else {
      path.push(subtree(hash, leaves, from, middle));
      from = middle;
      isKnown = false;
    }
  }
  // What is left is a whole subtree of the older tree: the older root itself needs no telling.
  if (!isKnown) path.push(subtree(hash, leaves, from, to));
  return path.toReversed();
}

/** Whether the tree of this size and root has this leaf at `index` (RFC 9162, 2.1.3.2). */
export function isIncluded(
  hash: TreeHash,
  leaf: Uint8Array,
  index: number,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (index < 0 || index >= size) return false;
  let [fn, sn, found] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      found = hash.node(sibling, found);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      found = hash.node(found, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isSameHash(found, root);
}

/** Whether the one tree is the beginning of the other (RFC 9162, 2.1.4.2). */
export function isConsistent(
  hash: TreeHash,
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (older.size < 1 || older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && isSameHash(older.root, newer.root);
  const whole = isPowerOfTwo(older.size) ? [older.root, ...path] : path;
  const [first, ...rest] = whole;
  if (first === undefined) return false;
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [ofOlder, ofNewer] = [first, first];
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      ofOlder = hash.node(sibling, ofOlder);
      ofNewer = hash.node(sibling, ofNewer);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      ofNewer = hash.node(ofNewer, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && isSameHash(ofOlder, older.root) && isSameHash(ofNewer, newer.root);
}

/** The root of the leaves in `[from, to)`. */
function subtree(hash: TreeHash, leaves: Leaves, from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves.at(from);
  const middle = from + split(to - from);
  return hash.node(subtree(hash, leaves, from, middle), subtree(hash, leaves, middle, to));
}

/** The largest power of two below `size`. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

const half = (number: number): number => Math.floor(number / 2);
const isPowerOfTwo = (number: number): boolean => split(number + 1) === number;
