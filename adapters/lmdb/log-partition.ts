import type { Appended, AppendOutcome, Commit } from '../../core/event-store.ts';
import { epochStream } from '../../core/stream.ts';
import { commitContent } from '../commit-content.ts';
import {
  type Fence,
  fenceAfter,
  fenceEnded,
  noFence,
  type PartitionState,
  placeCommit,
  refusalOf,
  type WriterIdentity,
} from '../commit-rules.ts';
import { epochEvent } from '../epoch-event.ts';
import type { Placement } from '../../core/log-source.ts';
import { type EncodedEvent, encodeEvent } from '../record-codec.ts';
import { headKey, logKey, numberedKey, numberValue, writeNumber } from './keys.ts';
import { type PartitionHead, readHead, readRevision } from './log-reader.ts';
import { OnceTable, type StoredOnce } from './once-table.ts';
import { storedRecord } from './stored-record.ts';
import type { Tables } from './tables.ts';

/**
 * Decides and writes the commits of one partition, within write transactions: between `begin` and
 * `end` the log is this process's alone. What many commits change again and again (heads and
 * fences) is read once and written once in a transaction.
 */
export class LogPartition implements PartitionState {
  readonly isLeased: (server: string) => boolean;
  readonly #tables: Tables;
  readonly #partition: number;
  readonly #onceTable: OnceTable;
  #head: PartitionHead | undefined;
  readonly #revisions = new Map<string, number>();
  readonly #fences = new Map<string, Fence>();
  /** What differs from the tables. */
  readonly #changedStreams = new Set<string>();
  readonly #changedServers = new Set<string>();
  /** Whether there is a commit without events: it is written too, so that its answer proves something. */
  #isProof = false;

  constructor(tables: Tables, partition: number, isLeased: (server: string) => boolean) {
    this.#tables = tables;
    this.#partition = partition;
    this.#onceTable = new OnceTable(tables, partition);
    this.isLeased = isLeased;
  }

  /** Makes the log's first record, within a transaction of its own. */
  create(epoch: string, partitions: number, id: string, now: number): void {
    this.begin();
    const event = epochEvent(id, { epoch, from: 1, partitions });
    const commit = { parts: [{ stream: epochStream, expected: 0, events: [event] }] };
    this.#write(commit, [encodeEvent(event)], { position: 0, at: now, epoch });
    this.end();
  }

  /** Whatever was known belongs to an earlier transaction, and others may have written since. */
  begin(): void {
    this.#head = undefined;
    this.#revisions.clear();
    this.#fences.clear();
    this.#changedStreams.clear();
    this.#changedServers.clear();
    this.#isProof = false;
  }

  /** Writes what `append` has only noted. */
  end(): void {
    const { heads, fences } = this.#tables;
    for (const stream of this.#changedStreams) {
      heads.putSync(headKey(this.#partition, stream), numberValue(this.revision(stream)));
    }
    for (const server of this.#changedServers) {
      const fence = JSON.stringify(this.fence(server));
      fences.putSync(headKey(this.#partition, server), Buffer.from(fence));
    }
    if (this.#head && (this.#isProof || this.#changedStreams.size > 0)) this.#putHead(this.#head);
  }

  /** `encoded`: one for each event, in order. `now`: milliseconds since 1970. */
  append(
    commit: Commit,
    encoded: readonly EncodedEvent[],
    writer: WriterIdentity,
    now: number,
  ): AppendOutcome {
    this.#head ??= readHead(this.#tables, this.#partition);
    const head = { ...this.#head, at: Math.max(now, this.#head.at) };
    if (commit.once) this.#onceTable.forget(commit.once, head.at);
    const refusal = refusalOf(commit, writer, this, () => commitContent(commit));
    if (refusal !== undefined) return refusal;
    const answer = this.#write(commit, encoded, head);
    this.#updateFences(commit, writer);
    if (commit.once) {
      const entry = { content: commitContent(commit), first: answer, usedAt: head.at };
      this.#onceTable.put(commit.once, entry);
    }
    return answer;
  }

  revision(stream: string): number {
    const known = this.#revisions.get(stream);
    if (known !== undefined) return known;
    const revision = readRevision(this.#tables, this.#partition, stream);
    this.#revisions.set(stream, revision);
    return revision;
  }

  fence(server: string): Fence {
    const known = this.#fences.get(server);
    if (known !== undefined) return known;
    const value = this.#tables.fences.getBinary(headKey(this.#partition, server));
    const fence = value === undefined ? noFence : (JSON.parse(value.toString()) as Fence);
    this.#fences.set(server, fence);
    return fence;
  }

  once(session: string, sequence: number): StoredOnce | undefined {
    return this.#onceTable.get({ session, sequence });
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
      this.#revisions.set(stream, revision);
      this.#changedStreams.add(stream);
    }
    if (placements.length > 0) this.#head = { position: position + placements.length, at, epoch };
    else this.#isProof = true;
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
    const { server, incarnation, token } = writer;
    const before = this.fence(server);
    if (incarnation > 0 && (before.incarnation !== incarnation || before.token !== token)) {
      this.#changeFence(server, fenceAfter(writer, before));
    }
    if (ends) {
      this.#changeFence(ends.server, fenceEnded(ends.incarnation, this.fence(ends.server)));
    }
  }

  #changeFence(server: string, fence: Fence): void {
    this.#fences.set(server, fence);
    this.#changedServers.add(server);
  }
}
