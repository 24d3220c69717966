import type { Appended, AppendOutcome, Commit } from '../../core/event-store.ts';
import { epochStream } from '../../core/stream.ts';
import { commitContent } from '../commit-content.ts';
import {
  type Fence,
  fenceAfter,
  fenceEnded,
  noFence,
  type OnceEntry,
  onceRememberedMs,
  type PartitionState,
  placeCommit,
  refusalOf,
  type WriterIdentity,
} from '../commit-rules.ts';
import { epochEvent } from '../epoch-event.ts';
import { type EncodedEvent, encodeEvent, type Placement } from '../record-codec.ts';
import { headKey, keyBehind, keyWithoutNumber, logKey } from './keys.ts';
import { numberedKey, numberValue, writeNumber } from './keys.ts';
import { type PartitionHead, readHead, readRevision } from './log-reader.ts';
import { storedRecord } from './stored-record.ts';
import type { Tables } from './tables.ts';

type StoredOnce = OnceEntry & { readonly usedAt: number };

/** With each new entry two old ones go: they run out, and no append has much to clear away. */
const onceForgottenAtOnce = 2;

/**
 * Decides and writes the commits of one partition. Its methods are to be called within a write
 * transaction: what they read is then the end of the log, whoever else writes to the folder.
 */
export class LogPartition implements PartitionState {
  readonly isLeased: (server: string) => boolean;
  readonly #tables: Tables;
  readonly #partition: number;

  constructor(tables: Tables, partition: number, isLeased: (server: string) => boolean) {
    this.#tables = tables;
    this.#partition = partition;
    this.isLeased = isLeased;
  }

  /** The first record of a partition that has none. */
  begin(epoch: string, id: string, now: number): void {
    const event = epochEvent(id, { epoch, from: 1 });
    const commit = { parts: [{ stream: epochStream, expected: 0, events: [event] }] };
    this.#write(commit, [encodeEvent(event)], { position: 0, at: now, epoch });
  }

  /** `encoded`: one for each event, in order. `now`: milliseconds since 1970. */
  append(
    commit: Commit,
    encoded: readonly EncodedEvent[],
    writer: WriterIdentity,
    now: number,
  ): AppendOutcome {
    const head = readHead(this.#tables, this.#partition);
    const at = Math.max(now, head.at);
    const content = (): string => commitContent(commit);
    this.#forgetOnce(commit.once, at);
    const refusal = refusalOf(commit, writer, this, content);
    if (refusal !== undefined) return refusal;
    const answer = this.#write(commit, encoded, { ...head, at });
    this.#updateFences(commit, writer);
    if (commit.once) this.#remember(commit.once, { content: content(), first: answer, usedAt: at });
    return answer;
  }

  revision(stream: string): number {
    return readRevision(this.#tables, this.#partition, stream);
  }

  fence(server: string): Fence | undefined {
    const value = this.#tables.fences.getBinary(headKey(this.#partition, server));
    return value && (parsed(value) as Fence);
  }

  once(session: string, sequence: number): StoredOnce | undefined {
    const value = this.#tables.once.getBinary(numberedKey(this.#partition, session, sequence));
    return value && (parsed(value) as StoredOnce);
  }

  #write(commit: Commit, encoded: readonly EncodedEvent[], head: PartitionHead): Appended {
    const { position, at, epoch } = head;
    const first = { partition: this.#partition, position: position + 1, at };
    const { placements, answer, revisions } = placeCommit(commit, first, this);
    for (const [index, placement] of placements.entries()) {
      const event = encoded[index];
      if (event === undefined) throw new Error('a placement without an event');
      this.#putRecord(placement, event);
    }
    for (const [stream, revision] of revisions) {
      this.#tables.heads.putSync(headKey(this.#partition, stream), numberValue(revision));
    }
    const end = position + placements.length;
    if (end > position) this.#putHead({ position: end, at, epoch });
    return answer;
  }

  #putRecord(placement: Placement, event: EncodedEvent): void {
    const { log, streams } = this.#tables;
    const { position, stream, revision, link } = placement;
    const place = numberValue(position);
    log.putSync(logKey(this.#partition, position), storedRecord(placement, event));
    streams.putSync(numberedKey(this.#partition, stream, revision), place);
    if (link) streams.putSync(numberedKey(this.#partition, link.stream, link.revision), place);
  }

  #putHead({ position, at, epoch }: PartitionHead): void {
    const value = Buffer.alloc(16 + Buffer.byteLength(epoch));
    writeNumber(value, position, 0);
    writeNumber(value, at, 8);
    value.write(epoch, 16);
    this.#tables.heads.putSync(headKey(this.#partition), value);
  }

  #updateFences({ ends }: Commit, writer: WriterIdentity): void {
    const before = this.fence(writer.server) ?? noFence;
    const isNew = before.incarnation !== writer.incarnation || before.token !== writer.token;
    if (writer.incarnation > 0 && isNew) this.#putFence(writer.server, fenceAfter(writer, before));
    if (ends) this.#putFence(ends.server, fenceEnded(ends.incarnation, this.fence(ends.server)));
  }

  #putFence(server: string, fence: Fence): void {
    const key = headKey(this.#partition, server);
    this.#tables.fences.putSync(key, Buffer.from(JSON.stringify(fence)));
  }

  #remember({ session, sequence }: NonNullable<Commit['once']>, entry: StoredOnce): void {
    const { once, onceUses } = this.#tables;
    const key = numberedKey(this.#partition, session, sequence);
    once.putSync(key, Buffer.from(JSON.stringify(entry)));
    onceUses.putSync(keyBehind(entry.usedAt, key), Buffer.alloc(1));
  }

  /** Forgets the commit of that number if it is too old, and a few others that are. */
  #forgetOnce(used: Commit['once'], at: number): void {
    if (used === undefined) return;
    const { once, onceUses } = this.#tables;
    const oldest = at - onceRememberedMs;
    const usedAt = this.once(used.session, used.sequence)?.usedAt;
    if (usedAt !== undefined && usedAt < oldest) {
      const key = numberedKey(this.#partition, used.session, used.sequence);
      once.removeSync(key);
      onceUses.removeSync(keyBehind(usedAt, key));
    }
    const old = { start: numberValue(0), end: numberValue(oldest), limit: onceForgottenAtOnce };
    for (const use of Array.from(onceUses.getKeys(old))) {
      once.removeSync(keyWithoutNumber(use));
      onceUses.removeSync(use);
    }
  }
}

const parsed = (value: Buffer): unknown => JSON.parse(value.toString());
