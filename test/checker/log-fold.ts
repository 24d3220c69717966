import type { LogEvent, LogRecord } from './log-event.ts';
import type { Interval, LogIndex, Membership, Message, RoomItem, Session } from './log-index.ts';

type EventOf<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>;

/** A membership that has not ended. */
interface OpenMembership {
  readonly user: string;
  readonly session: string;
  readonly server: string;
  readonly incarnation: number;
  readonly membership: Membership;
}

/** One partition as of the last record folded. */
interface Partition {
  readonly items: RoomItem[];
  epoch: string;
  readonly sessions: Map<string, Session>;
  /** By room, then by session. */
  readonly rooms: Map<string, Map<string, OpenMembership>>;
}

/** Folds a log, each partition in its order, into what the checker asks of it. */
export class LogFold implements LogIndex {
  readonly items = new Map<number, RoomItem[]>();
  readonly messages: Message[] = [];
  readonly byText = new Map<string, Message>();
  readonly sessions: Session[] = [];
  readonly sessionsByUser = new Map<string, Session[]>();
  readonly sessionsById = new Map<string, Session>();
  readonly memberships = new Map<string, Membership[]>();
  readonly membershipsByRoom = new Map<string, Map<string, Membership[]>>();
  readonly presence = new Map<string, Map<string, Interval[]>>();
  readonly following = new Map<string, Map<string, Interval[]>>();
  readonly followingPartition = new Map<string, number>();
  records = 0;
  readonly #partitions = new Map<number, Partition>();

  fold(record: LogRecord): void {
    this.records += 1;
    const { event } = record;
    const partition = this.#partitionOf(record);
    switch (event.type) {
      case 'EpochStarted':
        partition.epoch = event.epoch;
        break;
      case 'SessionOpened':
        this.#open(partition, record, event);
        break;
      case 'SessionClosed':
        close(partition, record, event.session);
        break;
      case 'RoomJoined':
        this.#join(partition, record, event);
        break;
      case 'RoomLeft': {
        const leaving = partition.rooms.get(event.room)?.get(event.session);
        if (leaving !== undefined) this.#leave(partition, record, [leaving]);
        break;
      }
      case 'MessagePosted':
        this.#post(partition, record, event);
        break;
      case 'UserSubscribed':
      case 'UserUnsubscribed':
        this.#follow(partition, record, event);
        break;
      case 'ServerStopped':
      case 'ServerLost':
        this.#endServer(partition, record, event);
        break;
      default:
    }
  }

  #open(partition: Partition, record: LogRecord, event: EventOf<'SessionOpened'>): void {
    const { type: _, session: id, ...opened } = event;
    const session: Session = {
      id,
      ...opened,
      partition: record.partition,
      openedPosition: record.position,
      closedPosition: Infinity,
      openedAt: record.at,
      open: { from: partition.items.length, to: Infinity },
    };
    this.sessions.push(session);
    listIn(this.sessionsByUser, session.user).push(session);
    this.sessionsById.set(id, session);
    partition.sessions.set(id, session);
  }

  #join(partition: Partition, record: LogRecord, event: EventOf<'RoomJoined'>): void {
    const { room, user, session, server, incarnation } = event;
    const members = mapIn(partition.rooms, room);
    if (members.has(session)) return;
    if (!isPresent(members, user)) {
      this.#show(partition, record, { kind: 'entered', room, user });
      const from = partition.items.length;
      listIn(mapIn(this.presence, room), user).push({ from, to: Infinity });
    }
    const from = partition.items.length;
    const membership: Membership = {
      room,
      partition: record.partition,
      fromPosition: record.position,
      from,
      to: Infinity,
    };
    members.set(session, { user, session, server, incarnation, membership });
    listIn(this.memberships, session).push(membership);
    listIn(mapIn(this.membershipsByRoom, session), room).push(membership);
  }

  /** Those who leave by one record do not see each other go. */
  #leave(partition: Partition, record: LogRecord, leaving: readonly OpenMembership[]): void {
    const order = partition.items.length;
    for (const { membership } of leaving) membership.to = order;
    for (const { user, session, membership } of leaving) {
      const { room } = membership;
      const members = partition.rooms.get(room);
      members?.delete(session);
      if (members === undefined || isPresent(members, user)) continue;
      const presence = this.presence.get(room)?.get(user)?.at(-1);
      if (presence !== undefined) presence.to = order;
      this.#show(partition, record, { kind: 'left', room, user });
    }
  }

  #post(partition: Partition, record: LogRecord, event: EventOf<'MessagePosted'>): void {
    const { room, user, session, text } = event;
    const message: Message = {
      kind: 'message',
      partition: record.partition,
      order: partition.items.length,
      position: record.position,
      index: this.messages.length,
      number: record.revision,
      epoch: partition.epoch,
      room,
      user,
      session,
      text,
    };
    partition.items.push(message);
    this.messages.push(message);
    if (!this.byText.has(text)) this.byText.set(text, message);
  }

  #follow(
    partition: Partition,
    record: LogRecord,
    { type, user, target }: EventOf<'UserSubscribed' | 'UserUnsubscribed'>,
  ): void {
    const order = partition.items.length;
    const intervals = listIn(mapIn(this.following, user), target);
    this.followingPartition.set(user, record.partition);
    const last = intervals.at(-1);
    const follows = last?.to === Infinity;
    if (type === 'UserSubscribed' && !follows) intervals.push({ from: order, to: Infinity });
    if (type === 'UserUnsubscribed' && last !== undefined && follows) last.to = order;
  }

  #endServer(
    partition: Partition,
    record: LogRecord,
    ended: EventOf<'ServerStopped' | 'ServerLost'>,
  ): void {
    const isOf = (held: { readonly server: string; readonly incarnation: number }): boolean =>
      held.server === ended.server && held.incarnation <= ended.incarnation;
    for (const session of partition.sessions.values())
      if (isOf(session)) close(partition, record, session.id);
    const leaving = [...partition.rooms.values()].flatMap((room) => [...room.values()]);
    this.#leave(partition, record, leaving.filter(isOf).toSorted(bySessionThenRoom));
  }

  #show(
    partition: Partition,
    { partition: number, position }: LogRecord,
    notice: { readonly kind: 'entered' | 'left'; readonly room: string; readonly user: string },
  ): void {
    const order = partition.items.length;
    partition.items.push({ ...notice, partition: number, order, position });
  }

  #partitionOf({ partition: number }: LogRecord): Partition {
    let partition = this.#partitions.get(number);
    if (partition === undefined) {
      partition = { items: [], epoch: '', sessions: new Map(), rooms: new Map() };
      this.#partitions.set(number, partition);
      this.items.set(number, partition.items);
    }
    return partition;
  }
}

function close(partition: Partition, { position }: LogRecord, id: string): void {
  const session = partition.sessions.get(id);
  if (session === undefined) return;
  session.open.to = partition.items.length;
  session.closedPosition = position;
  partition.sessions.delete(id);
}

function isPresent(members: ReadonlyMap<string, OpenMembership>, user: string): boolean {
  for (const member of members.values()) if (member.user === user) return true;
  return false;
}

function bySessionThenRoom(one: OpenMembership, other: OpenMembership): number {
  if (one.session !== other.session) return one.session < other.session ? -1 : 1;
  return one.membership.room < other.membership.room ? -1 : 1;
}

function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function mapIn<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const map = maps.get(key) ?? new Map<L, V>();
  maps.set(key, map);
  return map;
}
