import type { Delivery } from '../core/delivery.ts';
import type { Cursor, Recorded } from '../core/event-store.ts';
import { roomsOf } from '../core/views/rooms.ts';
import { BackwardWalk } from './backward-walk.ts';
import type { Chat } from './chat.ts';
import { isAt } from './cursor.ts';
import type { HeldSession } from './held-session.ts';

/** Further back nothing is looked for, in all partitions: no session waits longer than a minute. */
export const missedRecordsMax = 100_000;
/** Nor is more text shown at once: when a server is lost, all its sessions may come back together. */
export const missedBytesMax = 8 * 1_048_576;
/** So many records are read at once, where they are not at hand. */
const pageRecords = 2_048;

/** What a session was not shown while it had no connection. */
export interface Missed {
  /** Oldest first. */
  readonly deliveries: readonly Delivery[];
  /** The records of the direct messages among them that were sent to its user. */
  readonly direct: readonly Recorded[];
  /** What is missing all the same, by the reason. */
  readonly gaps: readonly Delivery[];
}

type GapReason = Extract<Delivery, { kind: 'gap' }>['reason'];

interface Shown {
  readonly recorded: Recorded;
  readonly delivery: Delivery;
}

/**
 * What a session missed between two places of the log. At the later one, `until`, it was resumed,
 * and the view shows what its rooms and its user's subscriptions were there.
 * @throws {StoreUnreachable}
 */
export async function missedSince(
  chat: Chat,
  held: HeldSession,
  after: readonly Cursor[],
  until: readonly Cursor[],
): Promise<Missed> {
  const shown: Shown[] = [];
  const gaps = new Map<number, GapReason>();
  for (const from of after) {
    const to = until[from.partition]?.position ?? 0;
    const between = await shownBetween(chat, held, from, to);
    if (typeof between === 'string') gaps.set(from.partition, between);
    else for (const one of between) shown.push(one);
  }
  // One partition is in order as it is; several have no order but time's.
  shown.sort((one, other) => one.recorded.at - other.recorded.at);
  const direct = shown.filter(
    ({ delivery }) => delivery.kind === 'direct' && delivery.recipient === held.user,
  );
  return {
    deliveries: shown.map(({ delivery }) => delivery),
    direct: direct.map(({ recorded }) => recorded),
    gaps: (['epoch', 'retention'] as const).flatMap((reason) => gapOf(chat, held, gaps, reason)),
  };
}

/** What the records after a place, up to a position, would have shown; or why they cannot be had. */
async function shownBetween(
  chat: Chat,
  held: HeldSession,
  from: Cursor,
  to: number,
): Promise<readonly Shown[] | GapReason> {
  const { partitions } = chat.stores.events.info;
  if (from.position > to) return 'epoch';
  if (to - from.position > missedRecordsMax / partitions) return 'retention';
  const walk = new BackwardWalk(chat, held);
  const latestFirst: Shown[] = [];
  let bytes = 0;
  for await (const records of pagesBackwards(chat, from, to)) {
    if (typeof records === 'string') return records;
    for (const recorded of records.toReversed()) {
      const delivery = walk.stepBack(recorded);
      if (delivery === undefined) continue;
      latestFirst.push({ recorded, delivery });
      bytes += 'text' in recorded.event ? Buffer.byteLength(recorded.event.text) : 0;
      if (bytes > missedBytesMax / partitions) return 'retention';
    }
  }
  return latestFirst.toReversed();
}

/** The records after a place, each page oldest first; a reason, in place of them, ends it. */
async function* pagesBackwards(
  { follower, stores }: Chat,
  from: Cursor,
  to: number,
): AsyncGenerator<readonly Recorded[] | GapReason, undefined, undefined> {
  const { events, openTexts } = stores;
  const { partition, position } = from;
  const first = Math.max(position, 1);
  const known = await follower.recent.from(partition, first, openTexts);
  const [at] = known ?? (await events.readAll(partition, first, 1));
  // What the client was shown last was trimmed, and perhaps more.
  if (at !== undefined && at.position > first) {
    yield 'retention';
    return;
  }
  if (position > 0 && (at === undefined || !isAt(from, at))) {
    yield 'epoch';
    return;
  }
  if (known !== undefined) {
    yield known.filter((record) => record.position > position && record.position <= to);
    return;
  }
  for (let last = to; last > position; last -= pageRecords) {
    const begin = Math.max(last - pageRecords, position) + 1;
    const page = await events.readAll(partition, begin, last - begin + 1);
    if (page[0]?.position !== begin) {
      yield 'retention';
      return;
    }
    yield page;
  }
}

function gapOf(
  chat: Chat,
  held: HeldSession,
  gaps: ReadonlyMap<number, GapReason>,
  reason: GapReason,
): readonly Delivery[] {
  if (![...gaps.values()].includes(reason)) return [];
  const { rooms: view, epochs } = chat.follower.view;
  const lost = [...roomsOf(view, held.session)].filter(
    ({ partition }) => gaps.get(partition) === reason,
  );
  const rooms = lost.map(({ room, partition }) => ({
    room,
    epoch: epochs.get(partition) ?? '',
    // Up to here nothing is known of what its client has been shown.
    from: 1,
    through: held.shownFrom.get(room) ?? 0,
  }));
  return [{ kind: 'gap', to: [held.session], reason, rooms }];
}
