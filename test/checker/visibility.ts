import { covers, type LogIndex, type Message, type RoomItem, type Session } from './log-index.ts';

/** What the log says that one session is shown. */
export class Visibility {
  readonly #log: LogIndex;
  readonly #session: Session;
  readonly #rooms: ReturnType<LogIndex['membershipsByRoom']['get']>;
  readonly #following: ReturnType<LogIndex['following']['get']>;

  constructor(log: LogIndex, session: Session) {
    this.#log = log;
    this.#session = session;
    this.#rooms = log.membershipsByRoom.get(session.id);
    this.#following = log.following.get(session.user);
  }

  /** Whether the session was in the room at that place. */
  isMember({ room, order }: RoomItem): boolean {
    return covers(this.#rooms?.get(room), order);
  }

  /** Whether the session's user followed the author then; at any time if orders do not compare. */
  follows({ user, partition, order }: Message): boolean {
    const intervals = this.#following?.get(user);
    if (intervals === undefined) return false;
    const comparable = partition === this.#log.followingPartition.get(this.#session.user);
    return comparable ? covers(intervals, order) : true;
  }

  /** Whether a room's message or notice has to be shown: to a member whose session is open. */
  mustShow(item: RoomItem): boolean {
    return item.user !== this.#session.user && this.isMember(item) && this.#isOpen(item);
  }

  /**
   * Whether a message has to be shown for the sake of its author: to a follower who is not in the
   * room with any session. Only one partition's order can tell.
   */
  mustShowAsFollowed(message: Message): boolean {
    const { user } = this.#session;
    if (this.#following === undefined || this.#log.items.size > 1) return false;
    if (message.user === user || !this.follows(message) || !this.#isOpen(message)) return false;
    return !covers(this.#log.presence.get(message.room)?.get(user), message.order);
  }

  /** The place at which the session begins in a partition, and the one at which it must end. */
  span(partition: number): { readonly from: number; readonly to: number } {
    const { open } = this.#session;
    if (partition === this.#session.partition) return open;
    return { from: 0, to: Infinity };
  }

  #isOpen({ partition, order }: RoomItem): boolean {
    const { open } = this.#session;
    if (partition !== this.#session.partition) return true;
    return order >= open.from && order < open.to;
  }
}
