/**
 * What the log says, as the checker asks it. An *order* is a place among the items of one
 * partition: what lies at order n comes after everything that was so when n items had been.
 */

/** From an order on, and up to another (not with it). */
export interface Interval {
  readonly from: number;
  to: number;
}

/** Something of a room that its members are shown. */
interface Item {
  readonly partition: number;
  readonly order: number;
  readonly position: number;
  readonly room: string;
  readonly user: string;
}

export interface Message extends Item {
  readonly kind: 'message';
  /** Its place in `messages`. */
  readonly index: number;
  readonly number: number;
  readonly epoch: string;
  readonly session: string;
  readonly text: string;
}

/** A user entered a room, or left it with the last of their sessions. */
export interface Notice extends Item {
  readonly kind: 'entered' | 'left';
}

export type RoomItem = Message | Notice;

export interface Membership extends Interval {
  readonly room: string;
  readonly partition: number;
  readonly fromPosition: number;
}

export interface Session {
  readonly id: string;
  readonly user: string;
  readonly server: string;
  readonly incarnation: number;
  readonly partition: number;
  readonly openedPosition: number;
  closedPosition: number;
  /** When it was opened, by the log's clock. */
  readonly openedAt: number;
  /** In the order of its own partition. */
  readonly open: Interval;
}

export interface LogIndex {
  /** Each partition's items, by order. */
  readonly items: ReadonlyMap<number, readonly RoomItem[]>;
  readonly messages: readonly Message[];
  /** The first message with a text. */
  readonly byText: ReadonlyMap<string, Message>;
  readonly sessions: readonly Session[];
  readonly sessionsByUser: ReadonlyMap<string, readonly Session[]>;
  readonly sessionsById: ReadonlyMap<string, Session>;
  /** Each session's memberships, in the order in which the dump has them. */
  readonly memberships: ReadonlyMap<string, readonly Membership[]>;
  /** The same by room. */
  readonly membershipsByRoom: ReadonlyMap<string, ReadonlyMap<string, readonly Membership[]>>;
  /** When a user was in a room with any session, by room and user. */
  readonly presence: ReadonlyMap<string, ReadonlyMap<string, readonly Interval[]>>;
  /** When a user followed another, by both, in the order of the follower's partition. */
  readonly following: ReadonlyMap<string, ReadonlyMap<string, readonly Interval[]>>;
  /** The partition of each user's following stream. */
  readonly followingPartition: ReadonlyMap<string, number>;
  readonly records: number;
}

/** Whether one of the intervals, which ascend and do not overlap, holds the order. */
export function covers(intervals: readonly Interval[] | undefined, order: number): boolean {
  if (intervals === undefined) return false;
  let low = 0;
  let high = intervals.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const interval = intervals[middle];
    if (interval === undefined || order < interval.from) high = middle - 1;
    else if (order >= interval.to) low = middle + 1;
    else return true;
  }
  return false;
}

/** A room's name as two spellings of it share it. */
export const canonicalRoom = (name: string): string =>
  name.normalize('NFC').toLowerCase().normalize('NFC');
