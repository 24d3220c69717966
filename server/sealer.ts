import { checkpointText } from '../adapters/audit/checkpoint-note.ts';
import { LeafList } from '../adapters/audit/leaf-list.ts';
import { nodeHash } from '../adapters/audit/node-hash.ts';
import { recordLeaf } from '../adapters/audit/record-leaf.ts';
import type { SigningKey } from '../adapters/audit/signing-key.ts';
import { signerOf } from '../adapters/audit/verifier-key.ts';
import { decodeRecord } from '../adapters/record-codec.ts';
import type { CheckpointSigned, SigningKeyPublished } from '../core/audit.ts';
import type { Commit, EventStore, Writer } from '../core/event-store.ts';
import type { StoredRecord } from '../core/log-source.ts';
import {
  appendLeaves,
  type CompactRange,
  emptyRange,
  isRangeOf,
  rootOf,
} from '../core/merkle/compact-range.ts';
import { auditStream, epochStream } from '../core/stream.ts';
import { epochFold } from '../core/stream-folds.ts';
import { randomId } from './random-id.ts';
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
   * @throws {StoreUnreachable} @throws {ForgedCheckpoint} @throws {Unsealable}
   */
  async seal(partition: number): Promise<SealOutcome> {
    const last = await lastCheckpoint(this.#events, partition);
    let { revision } = last;
    let range = this.#rangeOf(partition, last);
    let isKeyPublished = this.#isOurs(last);
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
      // The key comes first, and alone: so it is among what its first checkpoint covers.
      const event = isKeyPublished
        ? this.#checkpoint(partition, epoch.epoch, next, leaves)
        : ({ type: 'SigningKeyPublished', data: { key: this.#key.verifier.text } } as const);
      // What was read may be of a log that was set back since.
      if ((await this.#events.head(partition)).epoch !== epoch.epoch) return 'lost';
      const expected = { audit: revision, epoch: epoch.revision };
      const outcome = await this.#writer.append(this.#commit(partition, event, expected));
      if (outcome.status === 'conflict') return 'lost';
      if (outcome.status !== 'appended') return 'unavailable';
      revision = outcome.revisions[0] ?? revision;
      if (isKeyPublished) range = next;
      isKeyPublished = true;
    }
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  #rangeOf(partition: number, { checkpoint }: LastCheckpoint): CompactRange {
    if (checkpoint === undefined) return emptyRange;
    const { size, range, root } = checkpoint.data;
    const roots = range.map((base64) => Buffer.from(base64, 'base64'));
    if (isRangeOf(nodeHash, { size, roots }, Buffer.from(root, 'base64'))) return { size, roots };
    throw new ForgedCheckpoint(
      `The last checkpoint of partition ${partition} contradicts itself, so nothing can be sealed on top of it: securechat audit verify says where the log was changed.`,
    );
  }

  #isOurs({ checkpoint }: LastCheckpoint): boolean {
    const note = checkpoint?.data.note;
    return note !== undefined && signerOf(note, [this.#key.verifier]) !== undefined;
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
    event: CheckpointSigned | SigningKeyPublished,
    expected: { readonly audit: number; readonly epoch: number },
  ): Commit {
    const cause = randomId();
    const actor = { server: this.#server, incarnation: 0 };
    return {
      partition,
      parts: [
        {
          stream: auditStream(partition),
          expected: expected.audit,
          events: [{ id: cause, actor, cause, event }],
        },
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

/** @throws {StoreUnreachable} */
export async function lastCheckpoint(
  events: EventStore,
  partition: number,
): Promise<LastCheckpoint> {
  const query = { stream: auditStream(partition), partition, direction: 'backwards' } as const;
  const first = await events.readStream({ ...query, limit: lookBackAtOnce });
  const revision = first[0]?.revision ?? 0;
  for (let page = first; ;) {
    for (const { event } of page)
      if (event.type === 'CheckpointSigned') return { revision, checkpoint: event };
    const from = (page.at(-1)?.revision ?? 1) - 1;
    if (from < 1) return { revision, checkpoint: undefined };
    page = await events.readStream({ ...query, from, limit: lookBackAtOnce });
  }
}

/** Whether a record is something else than what sealing itself brings about. */
function isNews(record: StoredRecord): boolean {
  if (record.stream !== auditStream(record.partition)) return true;
  const { type } = decodeRecord(record).event;
  return type !== 'CheckpointSigned' && type !== 'SigningKeyPublished';
}
