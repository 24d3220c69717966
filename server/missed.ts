import type { Delivery } from '../core/delivery.ts';
import type { Cursor, Recorded } from '../core/event-store.ts';
import { roomsOf } from '../core/views/rooms.ts';
import { BackwardWalk } from './backward-walk.ts';
import type { Chat } from './chat.ts';
import { isAt } from './cursor.ts';
import type { HeldSession } from './held-session.ts';

/** Further back nothing is looked for, in all partitions: no session waits longer than a minute. */
export const missedRecordsMax = 100_000;

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
    const records = await recordsBetween(chat, from, to);
    if (typeof records === 'string') gaps.set(from.partition, records);
    else shown.push(...shownOf(chat, held, records));
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

function shownOf(chat: Chat, held: HeldSession, records: readonly Recorded[]): readonly Shown[] {
  const walk = new BackwardWalk(chat, held);
  const latestFirst: Shown[] = [];
  for (const recorded of records.toReversed()) {
    const delivery = walk.stepBack(recorded);
    if (delivery !== undefined) latestFirst.push({ recorded, delivery });
  }
  return latestFirst.toReversed();
}

/** The records after a place, up to a position; or why they cannot be had. */
async function recordsBetween(
  { follower, stores }: Chat,
  from: Cursor,
  to: number,
): Promise<readonly Recorded[] | GapReason> {
  const { partition, position } = from;
  if (position > to) return 'epoch';
  if (to - position > missedRecordsMax / stores.events.info.partitions) return 'retention';
  const first = Math.max(position, 1);
  const known = await follower.recent.from(partition, first, stores.openTexts);
  const records = known ?? (await stores.events.readAll(partition, first, to - first + 1));
  const upTo = records.filter((record) => record.position <= to);
  const [at] = upTo;
  // What the client was shown last was trimmed, and perhaps more.
  if (at !== undefined && at.position > first) return 'retention';
  if (position > 0 && (at === undefined || !isAt(from, at))) return 'epoch';
  return position > 0 ? upTo.slice(1) : upTo;
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
