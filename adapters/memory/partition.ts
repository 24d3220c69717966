import type { EpochStarted } from '../../core/epoch.ts';
import type {
  Appended,
  AppendOutcome,
  Commit,
  Recorded,
  Rollback,
} from '../../core/event-store.ts';
import type { StreamQuery } from '../../core/event-store.ts';
import { epochStream } from '../../core/stream.ts';
import { commitContent } from '../commit-content.ts';
import {
  type Fence,
  fenceAfter,
  fenceEnded,
  type OnceEntry,
  onceRememberedMs,
  type PartitionState,
  placeCommit,
  refusalOf,
  type WriterIdentity,
} from '../commit-rules.ts';
import { epochEvent } from '../epoch-event.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import { encodeEvent } from '../record-codec.ts';
import { MemoryRecords } from './records.ts';
import { MemorySnapshots } from './snapshots.ts';

/** What a partition needs to know of the world. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
  isLeased(server: string): boolean;
  /** How many the log has. */
  readonly partitions: number;
}

/** One partition's log, its index by stream, and what it remembers of its writers. */
export class MemoryPartition implements PartitionState {
  #epoch: string;
  readonly #number: number;
  readonly #surroundings: Surroundings;
  readonly snapshots = new MemorySnapshots(() => this.#epoch);
  readonly #records = new MemoryRecords();
  readonly #fences = new Map<string, Fence>();
  /** Which incarnations had ended by what was trimmed. */
  readonly #endedBefore = new Map<string, Fence>();
  /** In the order of use, so the oldest come first. */
  readonly #once = new Map<string, OnceEntry & { readonly usedAt: number }>();

  constructor(number: number, surroundings: Surroundings) {
    this.#number = number;
    this.#surroundings = surroundings;
    this.#epoch = surroundings.newId();
    const { partitions } = surroundings;
    this.#startEpoch({ epoch: this.#epoch, from: 1, partitions });
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The position of the last record. */
  get head(): number {
    return this.#records.head;
  }

  /** The position of the first record. */
  get first(): number {
    return this.#records.first;
  }

  append(commit: Commit, writer: WriterIdentity): AppendOutcome {
    this.#forgetOnce();
    const refusal = refusalOf(commit, writer, this, () => commitContent(commit));
    if (refusal !== undefined) return refusal;
    const answer = this.#write(commit);
    const { server, incarnation } = writer;
    if (incarnation > 0) this.#fences.set(server, fenceAfter(writer, this.fence(server)));
    const { ends, once } = commit;
    if (ends) this.#end(ends);
    if (once) {
      const entry = { content: commitContent(commit), first: answer, usedAt: this.#now() };
      this.#once.set(onceKey(once.session, once.sequence), entry);
    }
    return answer;
  }

  /**
   * Loses the records from position `from` on, as a store does that is put back to an older copy
   * of itself, and tells so in the log.
   */
  setBack(from: number): Rollback {
    this.#records.cut(from);
    this.#once.clear();
    this.#fences.clear();
    for (const [server, fence] of this.#endedBefore) this.#fences.set(server, fence);
    for (const { event } of this.#records)
      if (event.type === 'ServerStopped' || event.type === 'ServerLost') this.#end(event.data);
    const [began] = this.readStream({ stream: epochStream, direction: 'backwards', limit: 1 });
    const previous = began?.event.type === 'EpochStarted' ? began.event.data.epoch : this.#epoch;
    this.#epoch = this.#surroundings.newId();
    this.#startEpoch({ epoch: this.#epoch, previous, from });
    return { partition: this.#number, epoch: this.#epoch, previous, from };
  }

  /** @param reached how far the subscribers have come that has come least far */
  trim(before: number, epoch: string, reached: number): TrimOutcome {
    const target = Math.min(before, this.head);
    if (target <= this.first) return { status: 'trimmed', first: this.first };
    if (epoch !== this.#epoch || this.snapshots.through < target - 1)
      return { status: 'uncovered' };
    if (reached < target - 1) return { status: 'held', by: 'a subscriber' };
    for (const { event } of this.#records.trim(target)) {
      if (event.type !== 'ServerStopped' && event.type !== 'ServerLost') continue;
      const { server, incarnation } = event.data;
      this.#endedBefore.set(server, fenceEnded(incarnation, this.#endedBefore.get(server)));
    }
    return { status: 'trimmed', first: this.first };
  }

  /** Records from position `from` on, at most `limit`, oldest first. */
  read(from: number, limit: number): readonly Recorded[] {
    return this.#records.read(from, limit);
  }

  /** The same as they are kept. */
  readStored(from: number, limit: number): readonly StoredRecord[] {
    return this.#records.readStored(from, limit);
  }

  readStream(query: StreamQuery): readonly Recorded[] {
    return this.#records.readStream(query);
  }

  revision(stream: string): number {
    return this.#records.revision(stream);
  }

  fence(server: string): Fence | undefined {
    return this.#fences.get(server);
  }

  once(session: string, sequence: number): OnceEntry | undefined {
    return this.#once.get(onceKey(session, sequence));
  }

  isLeased(server: string): boolean {
    return this.#surroundings.isLeased(server);
  }

  #end({ server, incarnation }: { server: string; incarnation: number }): void {
    this.#fences.set(server, fenceEnded(incarnation, this.fence(server)));
  }

  #startEpoch(data: EpochStarted['data']): void {
    const event = epochEvent(this.#surroundings.newId(), data);
    this.#write({ parts: [{ stream: epochStream, expected: 'any', events: [event] }] });
  }

  #write(commit: Commit): Appended {
    const first = { partition: this.#number, position: this.head + 1, at: this.#now() };
    const { placements, answer } = placeCommit(commit, first, this);
    const events = commit.parts.flatMap((part) => part.events);
    for (const [index, placement] of placements.entries()) {
      const event = events[index];
      if (event === undefined) throw new Error('a placement without an event');
      const { meta, body } = encodeEvent(event);
      this.#records.push({ ...placement, meta, ...(body && { body }) });
    }
    return answer;
  }

  /** The time for what is written now: it never runs backwards along the log. */
  #now(): number {
    return Math.max(this.#surroundings.now(), this.#records.last?.at ?? 0);
  }

  #forgetOnce(): void {
    const before = this.#now() - onceRememberedMs;
    for (const [key, { usedAt }] of this.#once) {
      if (usedAt >= before) return;
      this.#once.delete(key);
    }
  }
}

const onceKey = (session: string, sequence: number): string => `${session}:${sequence}`;
