import { checkpointText, parseCheckpoint } from '../adapters/audit/checkpoint-note.ts';
import { LeafList } from '../adapters/audit/leaf-list.ts';
import { nodeHash } from '../adapters/audit/node-hash.ts';
import { recordLeaf } from '../adapters/audit/record-leaf.ts';
import type { SigningKey } from '../adapters/audit/signing-key.ts';
import { signerOf, type VerifierKey } from '../adapters/audit/verifier-key.ts';
import { decodeRecord } from '../adapters/record-codec.ts';
import type { CheckpointSigned } from '../core/audit.ts';
import type { Commit, EventStore, Writer } from '../core/event-store.ts';
import type { StoredRecord } from '../core/log-source.ts';
import {
  appendLeaves,
  type CompactRange,
  emptyRange,
  isRangeOf,
  rootOf,
} from '../core/merkle/compact-range.ts';
import { auditStream, epochStream, sealingStreams } from '../core/stream.ts';
import { epochFold } from '../core/stream-folds.ts';
import { randomId } from './random-id.ts';
import { hasKey, publication, type SigningKeys, signingKeysOf } from './signing-keys.ts';
import { snapshotOf } from './snapshots.ts';

/** A checkpoint covers so many records at most: then its leaf hashes are 43 kilobytes. */
export const sealedAtOnceMax = 1_000;
const lookBackAtOnce = 20;

/** What came of looking whether there is anything to seal. */
export type SealOutcome =
  /** Everything is sealed that was there, but for checkpoints. */
  | 'sealed'
  /** Another server was quicker. */
  | 'lost'
  /** The store could not take it. */
  | 'unavailable';

/** The last checkpoint of a partition, and where its stream stands. */
export interface LastCheckpoint {
  readonly revision: number;
  readonly checkpoint: CheckpointSigned | undefined;
}

/** Seals the log with one key, for one server or tool. */
export class Sealer {
  readonly #events: EventStore;
  readonly #writer: Writer;
  readonly #key: SigningKey;
  readonly #server: string;

  /** `server` is who is named in the log as having sealed it. */
  constructor(events: EventStore, key: SigningKey, server: string) {
    this.#events = events;
    this.#writer = events.writer('sealer', 0);
    this.#key = key;
    this.#server = server;
  }

  /**
   * Appends checkpoints until there is nothing in the partition's log but checkpoints that none
   * covers. It goes on from the last one, whoever made that, page by page.
   *
   * @throws {StoreUnreachable} @throws {KeyOfNobody} @throws {ForgedCheckpoint} @throws {Unsealable}
   */
  async seal(partition: number): Promise<SealOutcome> {
    const keys = await this.#keys(partition);
    if (keys === undefined) return 'lost';
    const last = await lastCheckpoint(this.#events, partition);
    let { revision } = last;
    let range = rangeOf(partition, last, keys);
    for (;;) {
      const epoch = await this.#epoch(partition);
      const records = await this.#events.readStored(partition, range.size + 1, sealedAtOnceMax);
      if (!records.some(isNews)) return 'sealed';
      if (records[0]?.position !== range.size + 1)
        throw new Unsealable(
          `The log of partition ${partition} was trimmed before it was sealed so far, so it cannot be sealed any more.`,
        );
      const leaves = new LeafList();
      for (const record of records) leaves.push(recordLeaf(record));
      const next = appendLeaves(nodeHash, range, leaves);
      // What was read may be of a log that was set back since.
      if ((await this.#events.head(partition)).epoch !== epoch.epoch) return 'lost';
      const event = this.#checkpoint(partition, epoch.epoch, next, leaves);
      const expected = { audit: revision, epoch: epoch.revision };
      const outcome = await this.#writer.append(this.#commit(partition, event, expected));
      if (outcome.status === 'conflict') return 'lost';
      if (outcome.status !== 'appended') return 'unavailable';
      revision = outcome.revisions[0] ?? revision;
      range = next;
    }
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  /**
   * Where no key counts in a partition yet, those of the log's first one are to.
   * @throws {StoreUnreachable} @throws {KeyOfNobody} when ours does not count
   */
  async checkKey(partition: number): Promise<SigningKeys> {
    const { verifier } = this.#key;
    const keys = await signingKeysOf(this.#events, partition);
    const counting = keys.accepted.length > 0 ? keys : await signingKeysOf(this.#events, 0);
    if (counting.accepted.length === 0 || hasKey(counting, verifier)) return keys;
    throw new KeyOfNobody(
      `The log is sealed with another signing key, and that does not vouch for ours, ${verifier.text}: give the servers the key of the others, or let it vouch for this one (securechat audit publish-key).`,
    );
  }

  /**
   * The keys that count in a partition. Before its first checkpoint they are published: ours in the
   * log's first partition, and in the others whatever that has, so that in all the same ones count.
   * Undefined when another server was quicker, or the store could not take it.
   */
  async #keys(partition: number): Promise<readonly VerifierKey[] | undefined> {
    const { accepted, revision } = await this.checkKey(partition);
    if (accepted.length > 0) return accepted;
    if (partition !== 0 && (await this.#keys(0)) === undefined) return undefined;
    const { published } = await signingKeysOf(this.#events, 0);
    const keys = partition === 0 ? [{ key: this.#key.verifier.text }] : published;
    const commit = publication(partition, this.#server, keys, revision);
    const { status } = await this.#writer.append(commit);
    return status === 'appended' ? (await this.checkKey(partition)).accepted : undefined;
  }

  /** The epoch in force, and where the stream of epochs stands. */
  async #epoch(partition: number): Promise<{ readonly epoch: string; readonly revision: number }> {
    const query = { stream: epochStream, partition, direction: 'backwards', limit: 1 } as const;
    const [started] = await this.#events.readStream(query);
    if (started?.event.type === 'EpochStarted')
      return { epoch: started.event.data.epoch, revision: started.revision };
    // It began in what was trimmed.
    const kept = await snapshotOf(this.#events, epochFold, epochStream, partition);
    return { epoch: kept?.state ?? '', revision: kept?.revision ?? 0 };
  }

  #checkpoint(
    partition: number,
    epoch: string,
    range: CompactRange,
    leaves: LeafList,
  ): CheckpointSigned {
    const { size, roots } = range;
    const root = Buffer.from(rootOf(nodeHash, range));
    const note = this.#key.signNote(checkpointText({ partition, epoch, size, root }));
    const data = {
      epoch,
      size,
      root: root.toString('base64'),
      range: roots.map((bytes) => Buffer.from(bytes).toString('base64')),
      note,
    };
    return { type: 'CheckpointSigned', data, text: leaves.toString() };
  }

  #commit(
    partition: number,
    event: CheckpointSigned,
    expected: { readonly audit: number; readonly epoch: number },
  ): Commit {
    const id = randomId();
    const made = { id, actor: { server: this.#server, incarnation: 0 }, cause: id, event };
    return {
      partition,
      parts: [
        { stream: auditStream(partition), expected: expected.audit, events: [made] },
        { stream: epochStream, expected: expected.epoch, events: [] },
      ],
    };
  }
}

/** The log lacks what a seal has to cover. The message is a sentence. */
export class Unsealable extends Error {
  override readonly name = 'Unsealable';
}

/** The log holds a checkpoint that no server has made. The message is a sentence. */
export class ForgedCheckpoint extends Error {
  override readonly name = 'ForgedCheckpoint';
}

/** Checkpoints signed with our key would not count. The message is a sentence. */
export class KeyOfNobody extends Error {
  override readonly name = 'KeyOfNobody';
}

/** @throws {StoreUnreachable} */
export async function lastCheckpoint(
  events: EventStore,
  partition: number,
): Promise<LastCheckpoint> {
  const query = { stream: auditStream(partition), partition, direction: 'backwards' } as const;
  // Mostly it is the last of all, and each has a thousand hashes.
  const first = await events.readStream({ ...query, limit: 1 });
  const revision = first[0]?.revision ?? 0;
  for (let page = first; ;) {
    for (const { event } of page)
      if (event.type === 'CheckpointSigned') return { revision, checkpoint: event };
    const from = (page.at(-1)?.revision ?? 1) - 1;
    if (from < 1) return { revision, checkpoint: undefined };
    page = await events.readStream({ ...query, from, limit: lookBackAtOnce });
  }
}

/** What the next checkpoint goes on from. */
function rangeOf(
  partition: number,
  { checkpoint }: LastCheckpoint,
  keys: readonly VerifierKey[],
): CompactRange {
  if (checkpoint === undefined) return emptyRange;
  const { size, range, root, note } = checkpoint.data;
  const roots = range.map((base64) => Buffer.from(base64, 'base64'));
  const signed = parseCheckpoint(note);
  const isOfNote = signed?.size === size && signed.root.toString('base64') === root;
  const isWhole = isRangeOf(nodeHash, { size, roots }, Buffer.from(root, 'base64'));
  if (isOfNote && isWhole && signerOf(note, keys) !== undefined) return { size, roots };
  throw new ForgedCheckpoint(
    `The last checkpoint of partition ${partition} is not one that a server made, so nothing can be sealed on top of it: securechat audit verify says where the log was changed.`,
  );
}

/** Whether a record is something else than what sealing itself brings about. */
export function isNews(record: StoredRecord): boolean {
  if (!sealingStreams(record.partition).includes(record.stream)) return true;
  const { type } = decodeRecord(record).event;
  return type !== 'CheckpointSigned' && type !== 'SigningKeyPublished';
}
