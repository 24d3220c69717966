import { bodyHash } from '../../adapters/record-codec.ts';
import { LeafList } from '../../adapters/audit/leaf-list.ts';
import { recordLeaf } from '../../adapters/audit/record-leaf.ts';
import type { StoredRecord } from '../../core/log-source.ts';

/**
 * What somebody who can write to the store, and has no key, can make of a log. Each gives a log that
 * is dense and well formed again, so that nothing but the tree betrays it.
 */
type Attack = (records: readonly StoredRecord[], position: number) => readonly StoredRecord[];

/** Another text, with the hash that belongs to it; of a record without text another cause. */
export const edit: Attack = (records, position) =>
  records.with(position - 1, edited(at(records, position)));

export const remove: Attack = (records, position) =>
  numbered(records.toSpliced(position - 1, 1), position);

export const insert: Attack = (records, position) =>
  numbered(records.toSpliced(position - 1, 0, edited(at(records, position))), position);

export const reorder: Attack = (records, position) =>
  numbered(
    records.toSpliced(position - 1, 2, at(records, position + 1), at(records, position)),
    position,
  );

export const cut: Attack = (records, position) => records.slice(0, position - 1);

export const empty: Attack = () => [];

/** Edited, and the leaf hashes that the next checkpoint carries made to fit. */
export const editWithLeaves: Attack = (records, position) => {
  const attacked = edit(records, position);
  const place = attacked.findIndex(
    ({ position: other, meta }) => other > position && metaOf(meta).type === 'CheckpointSigned',
  );
  const checkpoint = attacked[place];
  if (checkpoint?.body === undefined) return attacked;
  const meta = metaOf(checkpoint.meta);
  const before = LeafList.parse(textOf(checkpoint.body.subarray(1))) ?? new LeafList();
  const leaves = new LeafList();
  const first = meta.data.size - before.size;
  for (let index = first; index < meta.data.size; index++)
    leaves.push(
      index === position - 1 ? recordLeaf(at(attacked, position)) : before.at(index - first),
    );
  const body = Buffer.concat([Buffer.of(0), Buffer.from(leaves.toString())]);
  const fitting = { ...meta, body: bodyHash(body) };
  return attacked.with(place, { ...checkpoint, meta: Buffer.from(JSON.stringify(fitting)), body });
};

function edited(record: StoredRecord): StoredRecord {
  const meta = metaOf(record.meta);
  if (record.body === undefined)
    return { ...record, meta: Buffer.from(JSON.stringify({ ...meta, cause: `${meta.cause}!` })) };
  const body = Buffer.concat([record.body, Buffer.from('AAAA')]);
  return { ...record, meta: Buffer.from(JSON.stringify({ ...meta, body: bodyHash(body) })), body };
}

/** Every record at the position at which it is. */
const numbered = (records: readonly StoredRecord[], from: number): readonly StoredRecord[] =>
  records.map((record, index) => (index < from - 1 ? record : { ...record, position: index + 1 }));

function at(records: readonly StoredRecord[], position: number): StoredRecord {
  const record = records[position - 1];
  if (record === undefined) throw new RangeError(`there is no record at ${position}`);
  return record;
}

interface Meta {
  readonly type: string;
  readonly cause: string;
  readonly data: { readonly size: number };
}

const metaOf = (bytes: Uint8Array): Meta => JSON.parse(textOf(bytes)) as Meta;

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
