import { isSameHash, type TreeHash } from './tree-hash.ts';

/**
 * All that must be kept of a tree's first `size` leaves to add more and to know its root: the roots
 * of its perfect subtrees, largest first. There is one for each bit that is set in `size`.
 */
export interface CompactRange {
  readonly size: number;
  readonly roots: readonly Uint8Array[];
}

export const emptyRange: CompactRange = { size: 0, roots: [] };

/** The range with these leaves behind it. */
export function appendLeaves(
  hash: TreeHash,
  range: CompactRange,
  leaves: Iterable<Uint8Array>,
): CompactRange {
  const roots = [...range.roots];
  let { size } = range;
  for (const leaf of leaves) {
    push(hash, roots, size, leaf);
    size += 1;
  }
  return { size, roots };
}

/** The root of the tree that has these leaves (RFC 9162, 2.1.1). */
export function rootOf(hash: TreeHash, { roots }: CompactRange): Uint8Array {
  let root: Uint8Array | undefined;
  for (const subtree of roots.toReversed())
    root = root === undefined ? subtree : hash.node(subtree, root);
  return root ?? hash.empty;
}

/** Whether these are the roots of a tree of that size with that root: nobody can make others. */
export function isRangeOf(hash: TreeHash, range: CompactRange, root: Uint8Array): boolean {
  return range.roots.length === subtreesOf(range.size) && isSameHash(rootOf(hash, range), root);
}

/** As many subtrees become one as the size has ones at its end. */
function push(hash: TreeHash, roots: Uint8Array[], size: number, leaf: Uint8Array): void {
  let node = leaf;
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = roots.pop();
    if (left === undefined) throw new RangeError('a range with fewer roots than its size has');
    node = hash.node(left, node);
  }
  roots.push(node);
}

function subtreesOf(size: number): number {
  let subtrees = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) subtrees += rest % 2;
  return subtrees;
}
