import { nodeHash } from './node-hash.ts';
import type { StoredRecord } from '../../core/log-source.ts';

/** What a record adds to the tree, metadata apart: the placement, a line each. */
export const leafLines = ({ position, stream, revision, at, link }: StoredRecord): string =>
  `securechat/record/v1\n${position}\n${stream}\n${revision}\n${at}\n${link?.stream ?? ''}\n${link?.revision ?? 0}\n`;

/** The hash of a record's leaf. The body is covered by its hash, which the metadata names. */
export const recordLeaf = (record: StoredRecord): Buffer =>
  Buffer.from(nodeHash.leaf(Buffer.concat([Buffer.from(leafLines(record)), record.meta])));
