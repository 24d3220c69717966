import type { ChatEvent } from './event.ts';
import type { LogSource } from './log-source.ts';
import type { Withheld } from './sealing.ts';
import type { TrimmableLog } from './trimming.ts';

/** Who caused an event. A command-line tool has no user and no session. */
export interface Actor {
  readonly user?: string;
  readonly session?: string;
  /** The name of the chat server, or of the tool, that appended the event. */
  readonly server: string;
  /** The revision of that server's ServerStarted in its stream; 0 for a tool. */
  readonly incarnation: number;
}

/** An event on its way into the log. `id` is random and made before the append. */
export interface NewEvent {
  readonly id: string;
  readonly actor: Actor;
  /** The id of the command that caused it: one for all events of a commit. */
  readonly cause: string;
  readonly event: ChatEvent;
  /** A second stream, of the same partition, under which the record is also indexed. */
  readonly link?: string;
  /** The body to keep in place of the event's text, which is sealed in it. */
  readonly sealed?: Uint8Array;
}

/** An event in the log. */
export interface Recorded<E extends ChatEvent = ChatEvent> {
  readonly partition: number;
  /** Its place in the partition's log: 1, 2, 3, … without a hole. */
  readonly position: number;
  readonly stream: string;
  /** Its place in its stream: 1, 2, 3, … without a hole. Clients see a room's as its number. */
  readonly revision: number;
  /** The second stream that indexes it, and its place there. */
  readonly link?: { readonly stream: string; readonly revision: number };
  /** Milliseconds since 1970, given by the store; never smaller than that of the record before. */
  readonly at: number;
  readonly id: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly event: E;
  /** The body, when the text is sealed in it; the event's text is empty then. */
  readonly sealed?: Uint8Array;
  /** Why the event's text is not what was written but a word in its place. */
  readonly withheld?: Withheld;
}

/** What a commit does to one stream. Without events it only states an expectation. */
export interface StreamAppend {
  readonly stream: string;
  /** The revision of the stream's last event (0: no event yet), or `any`. */
  readonly expected: number | 'any';
  readonly events: readonly NewEvent[];
}

/**
 * A revision that no stream has. A commit that expects it is never written: it only asks what its
 * `once` was answered before.
 */
export const noRevision = Number.MAX_SAFE_INTEGER;

/** Appended wholly or not at all. All its streams lie in one partition. */
export interface Commit {
  /** Defaults to the partition of the first part's stream. */
  readonly partition?: number;
  readonly parts: readonly StreamAppend[];
  /** A client's own number for the commit: a repeated one is answered with the first result. */
  readonly once?: {
    readonly session: string;
    readonly sequence: number;
    /** What the commit says, if its events do not tell: those with the same are the same. */
    readonly content?: string;
  };
  /** Refused with `leased` while this server's lease is held. */
  readonly unlessLeased?: string;
  /** From this commit on, no writer of this incarnation appends to this partition again. */
  readonly ends?: { readonly server: string; readonly incarnation: number };
}

export interface Appended {
  readonly status: 'appended';
  /** Position of the commit's first event; the others follow it without a gap. */
  readonly position: number;
  /** For each part, the revision of its stream after the commit. */
  readonly revisions: readonly number[];
}

/** Why an append was refused although the store could be reached, or could not be. */
export type UnavailableReason =
  /** The store is out of reach. */
  | 'disconnected'
  /** The writer's queue is full. */
  | 'busy'
  /** The store has no memory or disk left for writes. */
  | 'full'
  /** The store takes no writes now (a replica, or one that cannot persist). */
  | 'readOnly'
  /** The keys that texts are sealed with cannot be unwrapped. */
  | 'locked'
  /** The writer was closed. */
  | 'closed';

/**
 * What became of a commit. `unavailable` and `fenced` mean: was not written and never will be.
 * `unknown` means: was handed over and not answered; it appears at most once.
 */
export type AppendOutcome =
  | Appended
  /** `once` was used before: this is what the first commit got. */
  | { readonly status: 'repeated'; readonly first: Appended }
  /** `once` was used before with other content. */
  | { readonly status: 'mismatch' }
  /** `stream` is at `revision`, which is not the one expected. */
  | { readonly status: 'conflict'; readonly stream: string; readonly revision: number }
  | { readonly status: 'leased' }
  /** The writer's incarnation has ended, or another process has taken its name. */
  | { readonly status: 'fenced' }
  | { readonly status: 'unavailable'; readonly reason: UnavailableReason }
  | { readonly status: 'unknown' };

/** Appends for one incarnation of one server, or for a tool. */
export interface Writer {
  append(commit: Commit): Promise<AppendOutcome>;
  /** Lets go of what the writer holds. What is queued is answered `unavailable`, reason `closed`. */
  close(): Promise<void>;
}

export interface StreamQuery {
  readonly stream: string;
  /** Defaults to the partition of the stream's name; a linked stream can be in any. */
  readonly partition?: number;
  /** The first revision wanted; by default the stream's first (forwards) or last (backwards). */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit: number;
}

/** The log was rolled back (an older copy restored, a failover that lost writes). */
export interface Rollback {
  readonly partition: number;
  /** The epoch that starts here, and the one before it. */
  readonly epoch: string;
  readonly previous: string;
  /** The first position whose record is no longer what this subscriber was given. */
  readonly from: number;
}

export interface Subscriber {
  /**
   * A run of records of one partition, in order, continuing where the last one ended. The next one
   * is not asked for before the promise, if there is one, resolves: records gather meanwhile.
   */
  onBatch(batch: readonly Recorded[]): void | Promise<void>;
  /** The partition's subscription has ended; fold the log again and subscribe anew. */
  onRollback(rollback: Rollback): void;
  /** The subscription can no longer go on, for a reason that retrying will not mend. */
  onFailure(error: Error): void;
}

export interface Subscription {
  /**
   * Whether what is appended now will reach the subscriber without delay, as far as can be known.
   * A reader that has died in silence may be taken for a living one for 3 s.
   */
  readonly isReading: boolean;
  close(): Promise<void>;
}

/** What a log says of itself. */
export interface LogInfo {
  /** The version of the record's form: a program refuses a higher one than its own. */
  readonly format: number;
  /** Fixed when the log is made. */
  readonly partitions: number;
}

/** Where one partition's log begins and ends. */
export interface LogHead {
  /** The position of the last record. */
  readonly position: number;
  /** The position of the first record that there is: 1 unless the log was trimmed. */
  readonly first: number;
  /** A random id made with the log, and anew after each rollback. */
  readonly epoch: string;
}

/**
 * The event store: the only place where the chat's facts are kept.
 *
 * 1. A commit is atomic: all of its events are written, next to one another, or none is.
 * 2. Every expectation of a commit is checked before anything is written; a conflict of one
 *    commit touches no other.
 * 3. Positions of a partition and revisions of a stream count 1, 2, 3, … without a hole.
 * 4. `at` never falls along a partition's log.
 * 5. What one writer appends to one partition is written in the order of its calls.
 * 6. Outcomes are values. `unavailable` and `fenced` mean never written; `unknown` means written
 *    at most once; every append is answered within `appendAnswerMsMax`.
 * 7. A commit whose `once` was used before is not written: the answer is the first one's
 *    (`repeated`), or `mismatch` when the content is another, whatever it expects. Remembered for
 *    an hour after use.
 * 8. After a commit that `ends` an incarnation, its writers are answered `fenced`, for ever;
 *    so is a writer whose name another process has taken with the same or a higher incarnation.
 *    A commit that ends an incarnation which has ended is `fenced` too.
 * 9. A subscriber gets every record after its cursor once, in order, partition by partition,
 *    across any number of reconnects. What has been appended is seen by all subscribers.
 * 10. A reader never sees part of a commit at the end of a log, nor a record that a later reader
 *    of the same epoch does not see. An `appended` record is durable as far as the store is.
 * 11. `readStream`, `readAll` and `readStored` reject with `StoreUnreachable` when the store cannot answer.
 * 12. What waits while the log is set back was decided by what is no longer there: it is
 *    `unavailable`, as far as the store comes to know of it in time.
 * 13. A log that does not exist is made at `open`: each partition begins with an EpochStarted.
 * 14. A log loses nothing but by `trim` (`trimming.ts`).
 */
export interface EventStore extends LogSource, TrimmableLog {
  /** `incarnation` 0 is for tools: they may write under one name at the same time. */
  writer(server: string, incarnation: number): Writer;
  readStream(query: StreamQuery): Promise<readonly Recorded[]>;
  /** Records from position `from` on, at most `limit`, oldest first. */
  readAll(partition: number, from: number, limit: number): Promise<readonly Recorded[]>;
  /** `group` names the consumer group (one for each server); `after` is the last position held. */
  subscribe(group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription;
  close(): Promise<void>;
}

/** How far a subscriber has come in one partition: the last record it holds. */
export interface Cursor {
  readonly partition: number;
  /** 0 for the beginning. */
  readonly position: number;
  /** The id of the record at `position`; absent at the beginning. */
  readonly id?: string;
}

/** From the call to its answer, at most; then the outcome is `unavailable` or `unknown`. */
export const appendAnswerMsMax = 3_000;

/** The store could not be asked, or did not answer. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable';
}

/** The log is of a format, or a partition count, that this program cannot use; final. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
}
