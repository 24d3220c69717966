import { deepStrictEqual, ok, throws } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { appendLeaves, emptyRange, isRangeOf, rootOf } from '../../../core/merkle/compact-range.ts';
import {
  consistencyProof,
  inclusionProof,
  isConsistent,
  isIncluded,
  type Leaves,
} from '../../../core/merkle/proof.ts';
import { treeHash } from '../../../core/merkle/tree-hash.ts';
import { rule } from '../../support/given.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hash = treeHash(sha256);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The leaves with which every implementation of certificate transparency tests itself. */
const known = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((input) => hash.leaf(Buffer.from(input, 'hex')));

/** …and the roots of their first 0, 1, 2, … (`testdata` of google/certificate-transparency). */
const knownRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const listOf = (leaves: readonly Uint8Array[]): Leaves => ({
  size: leaves.length,
  at: (index) => leaves[index] ?? new Uint8Array(),
});

const treeOf = (leaves: readonly Uint8Array[]): { size: number; root: Uint8Array } => ({
  size: leaves.length,
  root: rootOf(hash, appendLeaves(hash, emptyRange, leaves)),
});

rule('the trees of the known leaves have the known roots', () =>
  deepStrictEqual(
    knownRoots.map((_, size) => hex(treeOf(known.slice(0, size)).root)),
    knownRoots,
  ),
);

rule('known proofs of inclusion come out as they are known', () => {
  const paths = (
    [
      [1, 1],
      [1, 8],
      [6, 8],
      [3, 3],
      [2, 5],
    ] as const
  ).map(([leaf, size]) => inclusionProof(hash, listOf(known), leaf - 1, size).map(hex));
  deepStrictEqual(paths, [
    [],
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
    ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ]);
});

rule('known proofs of consistency come out as they are known', () => {
  const paths = (
    [
      [1, 1],
      [1, 8],
      [6, 8],
      [2, 5],
    ] as const
  ).map(([older, newer]) => consistencyProof(hash, listOf(known), older, newer).map(hex));
  deepStrictEqual(paths, [
    [],
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ]);
});

const leaf = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((input) => hash.leaf(input));
const someLeaves = fc.array(leaf, { minLength: 1, maxLength: 70 });
const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte));

rule('leaves added in any portions give the same range and root', () =>
  fc.assert(
    fc.property(someLeaves, fc.nat(), (leaves, cut) => {
      const middle = cut % (leaves.length + 1);
      const first = appendLeaves(hash, emptyRange, leaves.slice(0, middle));
      const whole = appendLeaves(hash, first, leaves.slice(middle));
      deepStrictEqual(whole, appendLeaves(hash, emptyRange, leaves));
      const { root } = treeOf(leaves);
      ok(isRangeOf(hash, whole, root));
      ok(!isRangeOf(hash, { ...whole, roots: whole.roots.slice(1) }, root));
      ok(!isRangeOf(hash, { ...whole, roots: whole.roots.map(flipped) }, root));
    }),
  ),
);

rule('every leaf of every tree is proved to be where it is, and nowhere else', () =>
  fc.assert(
    fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, anIndex, aSize) => {
      const size = 1 + (aSize % leaves.length);
      const index = anIndex % size;
      const tree = treeOf(leaves.slice(0, size));
      const path = inclusionProof(hash, listOf(leaves), index, size);
      const own = leaves[index] ?? hash.empty;
      ok(isIncluded(hash, own, index, tree, path));
      ok(!isIncluded(hash, flipped(own), index, tree, path));
      ok(!isIncluded(hash, own, index, { ...tree, root: flipped(tree.root) }, path));
      ok(!isIncluded(hash, own, index, tree, [...path, own]));
      ok(!isIncluded(hash, own, size, tree, path));
      for (const at of path.keys()) {
        ok(!isIncluded(hash, own, index, tree, path.with(at, flipped(path[at] ?? own))));
        ok(!isIncluded(hash, own, index, tree, path.toSpliced(at, 1)));
      }
    }),
  ),
);

rule('every tree is proved to begin each that it grows to, and no other', () =>
  fc.assert(
    fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, one, other) => {
      const newer = 1 + (one % leaves.length);
      const older = 1 + (other % newer);
      const [before, after] = [treeOf(leaves.slice(0, older)), treeOf(leaves.slice(0, newer))];
      const path = consistencyProof(hash, listOf(leaves), older, newer);
      ok(isConsistent(hash, before, after, path));
      ok(!isConsistent(hash, { ...before, root: flipped(before.root) }, after, path));
      ok(!isConsistent(hash, before, { ...after, root: flipped(after.root) }, path));
      ok(!isConsistent(hash, before, after, [...path, before.root]));
      for (const at of path.keys()) {
        ok(!isConsistent(hash, before, after, path.with(at, flipped(path[at] ?? before.root))));
        ok(!isConsistent(hash, before, after, path.toSpliced(at, 1)));
      }
    }),
  ),
);

rule('what a tree does not have cannot be asked for', () => {
  throws(() => inclusionProof(hash, listOf(known), 8, 8), RangeError);
  throws(() => inclusionProof(hash, listOf(known), 0, 9), RangeError);
  throws(() => consistencyProof(hash, listOf(known), 0, 8), RangeError);
  throws(() => consistencyProof(hash, listOf(known), 5, 4), RangeError);
});
