import { foldRecord } from '../adapters/fold-record.ts';
import { decodeRecord } from '../adapters/record-codec.ts';
import type { Cursor, EventStore } from '../core/event-store.ts';
import { followingStream } from '../core/stream.ts';
import { followingFold } from '../core/stream-folds.ts';
import { type ChatView, evolveChat } from '../core/views/chat.ts';
import { nothingFollowed, rememberFollowing } from '../core/views/followers.ts';
import { RecentRecords } from './recent-records.ts';
import { snapshotOf, snapshotView } from './snapshots.ts';

const pageSize = 2_000;

/** A view, and the place in each partition's log that it stands at. */
export interface FoldedLog {
  readonly view: ChatView;
  readonly cursors: readonly Cursor[];
  /** The last of what was folded. */
  readonly recent: RecentRecords;
}

/**
 * Folds the whole log to its present end: what was trimmed of it by the snapshots that stand for it.
 * `users` are those whose subscriptions are folded along. Once more if it was set back or trimmed
 * meanwhile: a view must not be of two logs.
 * @throws {StoreUnreachable}
 * @throws {StoreUnusable} when the log was trimmed by another version of the fold
 */
export async function foldLog(
  events: EventStore,
  users: Iterable<string> = [],
): Promise<FoldedLog> {
  for (let before = await epochsOf(events); ;) {
    const folded = await foldOnce(events, users);
    const after = await epochsOf(events);
    if (folded !== undefined && after === before) return folded;
    before = after;
  }
}

/** The cursors of somebody who holds nothing yet. */
export const beginnings = (partitions: number): readonly Cursor[] =>
  Array.from({ length: partitions }, (_, partition) => ({ partition, position: 0 }));

/** Undefined when the log was trimmed past what was kept of it when the fold began. */
async function foldOnce(
  events: EventStore,
  users: Iterable<string>,
): Promise<FoldedLog | undefined> {
  const { view, positions } = await snapshotView(events);
  const recent = new RecentRecords(events.info.partitions);
  for (const user of users) {
    const kept = await snapshotOf(events, followingFold, followingStream(user));
    const followed = kept && { targets: kept.state, revision: kept.revision };
    rememberFollowing(view.followers, user, followed ?? nothingFollowed);
  }
  const cursors: Cursor[] = [];
  for (const [partition, position] of positions.entries()) {
    const cursor = await foldPartition(events, { view, recent }, { partition, position });
    if (cursor === undefined) return undefined;
    cursors.push(cursor);
  }
  return { view, cursors, recent };
}

async function foldPartition(
  events: EventStore,
  { view, recent }: Omit<FoldedLog, 'cursors'>,
  from: Cursor,
): Promise<Cursor | undefined> {
  const { partition } = from;
  let cursor = from;
  for (;;) {
    // No text is opened, and of messages not even the metadata is read: a fold needs neither.
    const page = await events.readStored(partition, cursor.position + 1, pageSize);
    for (const stored of page) {
      const { position } = stored;
      if (position !== cursor.position + 1) return undefined;
      cursor = { partition, position };
      const recorded = foldRecord(stored);
      if (recorded !== undefined) evolveChat(view, recorded);
      recent.add(stored);
    }
    const last = page.at(-1);
    if (last !== undefined) cursor = { ...cursor, id: decodeRecord(last).id };
    if (page.length < pageSize) return cursor;
  }
}

async function epochsOf(events: EventStore): Promise<string> {
  const heads = beginnings(events.info.partitions).map(({ partition }) => events.head(partition));
  return (await Promise.all(heads)).map(({ epoch }) => epoch).join(' ');
}
