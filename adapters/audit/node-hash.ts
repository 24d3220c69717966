import { hash } from 'node:crypto';

import { treeHash } from '../../core/merkle/tree-hash.ts';

/** The tree's hashes with this platform's SHA-256. */
export const nodeHash = treeHash((bytes) => hash('sha256', bytes, 'buffer'));
