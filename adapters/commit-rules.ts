import type { Appended, AppendOutcome, Commit, StreamAppend } from '../core/event-store.ts';
import { partitionOf } from '../core/stream.ts';
import type { Placement } from '../core/log-source.ts';

/** A writer as a partition sees it. */
export interface WriterIdentity {
  readonly server: string;
  readonly incarnation: number;
  /** Each `writer()` has one of its own. */
  readonly token: string;
  /** Whether it has written to this partition before. */
  readonly hasWritten: boolean;
}

/** What a partition remembers of a server's writers. */
export interface Fence {
  /** The incarnation and the token that wrote last; 0 and empty when none has. */
  readonly incarnation: number;
  readonly token: string;
  /** The highest incarnation that has ended; 0 when none has. */
  readonly ended: number;
}

/** What a partition remembers of a commit that had `once`. */
export interface OnceEntry {
  readonly content: string;
  readonly first: Appended;
}

/** A partition's state, as far as a commit depends on it. */
export interface PartitionState {
  /** 0 for a stream without events. */
  revision(stream: string): number;
  fence(server: string): Fence | undefined;
  once(session: string, sequence: number): OnceEntry | undefined;
  isLeased(server: string): boolean;
}

/** A commit's answer for `once` is remembered so long after its use. */
export const onceRememberedMs = 3_600_000;

/** Of a server that has not written. */
export const noFence: Fence = { incarnation: 0, token: '', ended: 0 };

/** @throws {RangeError} for a commit that names neither a partition nor a stream */
export function partitionOfCommit({ partition, parts }: Commit, partitions: number): number {
  const stream = parts[0]?.stream;
  if (partition !== undefined) return partition;
  if (stream === undefined) throw new RangeError('a commit without a partition and without parts');
  return partitionOf(stream, partitions);
}

/**
 * Why a commit may not be written, or undefined when it may. `content` is asked for only when the
 * commit has a `once` that was used.
 */
export function refusalOf(
  commit: Commit,
  writer: WriterIdentity,
  state: PartitionState,
  content: () => string,
): AppendOutcome | undefined {
  if (isFenced(writer, state)) return { status: 'fenced' };
  const used = commit.once && state.once(commit.once.session, commit.once.sequence);
  if (used) {
    return content() === used.content
      ? { status: 'repeated', first: used.first }
      : { status: 'mismatch' };
  }
  const { unlessLeased, ends } = commit;
  if (unlessLeased !== undefined && state.isLeased(unlessLeased)) return { status: 'leased' };
  if (ends && (state.fence(ends.server) ?? noFence).ended >= ends.incarnation) {
    return { status: 'fenced' };
  }
  return conflictOf(commit.parts, state);
}

/** What to remember of a server's writers once this one has written; tools leave no trace. */
export function fenceAfter(writer: WriterIdentity, before: Fence = noFence): Fence {
  return { ...before, incarnation: writer.incarnation, token: writer.token };
}

/** What to remember of a server's writers once one of its incarnations has ended. */
export function fenceEnded(incarnation: number, before: Fence = noFence): Fence {
  return { ...before, ended: Math.max(before.ended, incarnation) };
}

export interface PlacedCommit {
  /** One for each event, in the order of the commit. */
  readonly placements: readonly Placement[];
  readonly answer: Appended;
  /** The revision of every stream that the commit touched, linked ones too. */
  readonly revisions: ReadonlyMap<string, number>;
}

/** Where a commit's events go: `position` is that of its first one. */
export function placeCommit(
  commit: Commit,
  { partition, position, at }: Pick<Placement, 'partition' | 'position' | 'at'>,
  state: PartitionState,
): PlacedCommit {
  const revisions = new Map<string, number>();
  const next = (stream: string): number => {
    const revision = (revisions.get(stream) ?? state.revision(stream)) + 1;
    revisions.set(stream, revision);
    return revision;
  };
  const placements: Placement[] = [];
  for (const { stream, events } of commit.parts) {
    for (const { link } of events) {
      const place = { partition, position: position + placements.length, stream, at };
      const revision = next(stream);
      const linked = link === undefined ? {} : { link: { stream: link, revision: next(link) } };
      placements.push({ ...place, revision, ...linked });
    }
  }
  const reached = commit.parts.map(({ stream }) => revisions.get(stream) ?? state.revision(stream));
  const answer: Appended = { status: 'appended', position, revisions: reached };
  return { placements, answer, revisions };
}

/**
 * A name belongs to its highest incarnation, and within one incarnation to the writer that came
 * last: one that has written before and finds another's token was replaced by that other.
 */
function isFenced(writer: WriterIdentity, state: PartitionState): boolean {
  const { server, incarnation, token, hasWritten } = writer;
  const fence = state.fence(server);
  if (incarnation === 0 || fence === undefined) return false;
  if (incarnation <= fence.ended || incarnation < fence.incarnation) return true;
  return hasWritten && incarnation === fence.incarnation && token !== fence.token;
}

function conflictOf(
  parts: readonly StreamAppend[],
  state: PartitionState,
): AppendOutcome | undefined {
  for (const { stream, expected } of parts) {
    if (expected === 'any') continue;
    const revision = state.revision(stream);
    if (revision !== expected) return { status: 'conflict', stream, revision };
  }
  return undefined;
}
