import type { Cursor, EventStore } from '../core/event-store.ts';
import { type ChatView, emptyChat, evolveChat } from '../core/views/chat.ts';
import { nothingFollowed, rememberFollowing } from '../core/views/followers.ts';
import { RecentRecords } from './recent-records.ts';

const pageSize = 2_000;

/** A view, and the place in each partition's log that it stands at. */
export interface FoldedLog {
  readonly view: ChatView;
  readonly cursors: readonly Cursor[];
  /** The last of what was folded. */
  readonly recent: RecentRecords;
}

/**
 * Folds the whole log to its present end. `users` are those whose subscriptions are folded along.
 * Once more if it was set back meanwhile: a view must not be of two logs.
 * @throws {StoreUnreachable}
 */
export async function foldLog(
  events: EventStore,
  users: Iterable<string> = [],
): Promise<FoldedLog> {
  for (let before = await epochsOf(events); ;) {
    const folded = await foldOnce(events, users);
    const after = await epochsOf(events);
    if (after === before) return folded;
    before = after;
  }
}

/** The cursors of somebody who holds nothing yet. */
export const beginnings = (partitions: number): readonly Cursor[] =>
  Array.from({ length: partitions }, (_, partition) => ({ partition, position: 0 }));

async function foldOnce(events: EventStore, users: Iterable<string>): Promise<FoldedLog> {
  const { partitions } = events.info;
  const [view, recent] = [emptyChat(), new RecentRecords(partitions)];
  for (const user of users) rememberFollowing(view.followers, user, nothingFollowed);
  const cursors: Cursor[] = [];
  for (const beginning of beginnings(partitions))
    cursors.push(await foldPartition(events, { view, recent }, beginning));
  return { view, cursors, recent };
}

async function foldPartition(
  events: EventStore,
  { view, recent }: Omit<FoldedLog, 'cursors'>,
  from: Cursor,
): Promise<Cursor> {
  const { partition } = from;
  let cursor = from;
  for (;;) {
    const page = await events.readAll(partition, cursor.position + 1, pageSize);
    for (const recorded of page) {
      evolveChat(view, recorded);
      recent.add(recorded);
    }
    const last = page.at(-1);
    if (last !== undefined) cursor = { partition, position: last.position, id: last.id };
    if (page.length < pageSize) return cursor;
  }
}

async function epochsOf(events: EventStore): Promise<string> {
  const heads = beginnings(events.info.partitions).map(({ partition }) => events.head(partition));
  return (await Promise.all(heads)).map(({ epoch }) => epoch).join(' ');
}
