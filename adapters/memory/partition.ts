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
import { decodeRecord, encodeEvent } from '../record-codec.ts';

/** What a partition needs to know of the world. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number;
  newId(): string;
  isLeased(server: string): boolean;
}

/** One partition's log, its index by stream, and what it remembers of its writers. */
export class MemoryPartition implements PartitionState {
  #epoch: string;
  readonly #number: number;
  readonly #surroundings: Surroundings;
  readonly #records: Recorded[] = [];
  readonly #stored: StoredRecord[] = [];
  /** The positions of each stream's records, by revision. */
  readonly #streams = new Map<string, number[]>();
  readonly #fences = new Map<string, Fence>();
  /** In the order of use, so the oldest come first. */
  readonly #once = new Map<string, OnceEntry & { readonly usedAt: number }>();

  constructor(number: number, surroundings: Surroundings) {
    this.#number = number;
    this.#surroundings = surroundings;
    this.#epoch = surroundings.newId();
    this.#startEpoch({ epoch: this.#epoch, from: 1 });
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The position of the last record. */
  get head(): number {
    return this.#records.length;
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
    this.#stored.splice(from - 1);
    const records = this.#records.splice(from - 1);
    for (const { stream, link } of records) {
      this.#streams.get(stream)?.pop();
      if (link !== undefined) this.#streams.get(link.stream)?.pop();
    }
    this.#once.clear();
    this.#fences.clear();
    for (const { event } of this.#records)
      if (event.type === 'ServerStopped' || event.type === 'ServerLost') this.#end(event.data);
    const [began] = this.readStream({ stream: epochStream, direction: 'backwards', limit: 1 });
    const previous = began?.event.type === 'EpochStarted' ? began.event.data.epoch : this.#epoch;
    this.#epoch = this.#surroundings.newId();
    this.#startEpoch({ epoch: this.#epoch, previous, from });
    return { partition: this.#number, epoch: this.#epoch, previous, from };
  }

  /** Records from position `from` on, at most `limit`, oldest first. */
  read(from: number, limit: number): readonly Recorded[] {
    const start = Math.max(from, 1) - 1;
    return this.#records.slice(start, start + limit);
  }

  /** The same as they are kept. */
  readStored(from: number, limit: number): readonly StoredRecord[] {
    const start = Math.max(from, 1) - 1;
    return this.#stored.slice(start, start + limit);
  }

  readStream({ stream, from, direction, limit }: StreamQuery): readonly Recorded[] {
    const positions = this.#streams.get(stream) ?? [];
    if (direction === 'backwards') {
      const end = Math.max(Math.min(from ?? positions.length, positions.length), 0);
      return this.#recordsAt(positions.slice(Math.max(end - limit, 0), end).toReversed());
    }
    const start = Math.max(from ?? 1, 1) - 1;
    return this.#recordsAt(positions.slice(start, start + limit));
  }

  revision(stream: string): number {
    return this.#streams.get(stream)?.length ?? 0;
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
      // Through the bytes, so that a reader gets what any other store would give.
      const { meta, body } = encodeEvent(event);
      const stored = { ...placement, meta, ...(body && { body }) };
      this.#stored.push(stored);
      this.#records.push(decodeRecord(stored));
      this.#index(placement.stream, placement.position);
      if (placement.link) this.#index(placement.link.stream, placement.position);
    }
    return answer;
  }

  #index(stream: string, position: number): void {
    const positions = this.#streams.get(stream);
    if (positions) positions.push(position);
    else this.#streams.set(stream, [position]);
  }

  #recordsAt(positions: readonly number[]): readonly Recorded[] {
    return positions.flatMap((position) => this.#records[position - 1] ?? []);
  }

  /** The time for what is written now: it never runs backwards along the log. */
  #now(): number {
    return Math.max(this.#surroundings.now(), this.#records.at(-1)?.at ?? 0);
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
