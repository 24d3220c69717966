import type { Recorded } from '../event-store.ts';
import { evolveRoom, initialRoom, type Room, type RoomJoined } from '../room.ts';

/** A room with at least one member, and the partition of its stream. */
export type OccupiedRoom = Extract<Room, { status: 'occupied' }> & {
  readonly room: string;
  readonly partition: number;
  /** How many of a user's sessions are in the room. */
  readonly users: Map<string, number>;
  /** The place of its last event. */
  number: number;
};

/**
 * Who is in which room. Bounded by the memberships: an empty room is forgotten.
 * The fold owns its view and changes it in place.
 */
export interface RoomsView {
  readonly byRoom: Map<string, OccupiedRoom>;
  readonly bySession: Map<string, Set<OccupiedRoom>>;
}

/** A membership that an event ends. */
export interface Departure {
  readonly room: OccupiedRoom;
  readonly session: string;
  readonly user: string;
}

export const emptyRooms = (): RoomsView => ({ byRoom: new Map(), bySession: new Map() });

export function evolveRooms(view: RoomsView, recorded: Recorded): RoomsView {
  const { event } = recorded;
  if (event.type === 'RoomJoined') enter(view, recorded, event);
  else for (const departure of departuresBy(view, recorded)) leave(view, departure);
  if (event.type === 'MessagePosted' || event.type === 'RoomLeft') {
    const room = view.byRoom.get(event.data.room);
    if (room !== undefined) room.number = recorded.revision;
  }
  return view;
}

/** The memberships that this record ends; of a server's end in order of session id, then of room. */
export function departuresBy(view: RoomsView, recorded: Recorded): readonly Departure[] {
  const { event, partition } = recorded;
  switch (event.type) {
    case 'RoomLeft': {
      const room = view.byRoom.get(event.data.room);
      const { session, user } = event.data;
      return room?.members.has(session) ? [{ room, session, user }] : [];
    }
    case 'ServerStopped':
    case 'ServerLost':
      return departuresOf(view, event.data, partition);
    default:
      return [];
  }
}

/** The rooms a session is in. */
export const roomsOf = (view: RoomsView, session: string): ReadonlySet<OccupiedRoom> =>
  view.bySession.get(session) ?? none;

/** A room as its aggregate sees it. */
export const roomState = (view: RoomsView, room: string): Room =>
  view.byRoom.get(room) ?? initialRoom;

const none: ReadonlySet<OccupiedRoom> = new Set();

function departuresOf(
  view: RoomsView,
  ended: { server: string; incarnation: number },
  partition: number,
): readonly Departure[] {
  const departures: Departure[] = [];
  for (const room of view.byRoom.values()) {
    if (room.partition !== partition) continue;
    for (const [session, { user, server, incarnation, resumable }] of room.members)
      if (server === ended.server && incarnation <= ended.incarnation && resumable !== true)
        departures.push({ room, session, user });
  }
  return departures.toSorted(bySessionThenRoom);
}

function bySessionThenRoom(one: Departure, other: Departure): number {
  if (one.session !== other.session) return one.session < other.session ? -1 : 1;
  return one.room.room < other.room.room ? -1 : 1;
}

function enter(view: RoomsView, { partition, revision }: Recorded, joined: RoomJoined): void {
  const { room: canonical, session, user } = joined.data;
  const before = view.byRoom.get(canonical);
  const wasMember = before?.members.has(session) ?? false;
  const after = evolveRoom(before ?? initialRoom, joined);
  if (after.status === 'empty') return;
  const users = new Map<string, number>();
  const room = before ?? { ...after, room: canonical, partition, users, number: revision };
  room.number = revision;
  if (wasMember) return;
  view.byRoom.set(canonical, room);
  room.users.set(user, (room.users.get(user) ?? 0) + 1);
  const rooms = view.bySession.get(session);
  if (rooms === undefined) view.bySession.set(session, new Set([room]));
  else rooms.add(room);
}

function leave(view: RoomsView, { room, session, user }: Departure): void {
  const after = evolveRoom(room, { type: 'RoomLeft', data: { room: room.room, session, user } });
  if (after.status === 'empty') view.byRoom.delete(room.room);
  const remaining = (room.users.get(user) ?? 1) - 1;
  if (remaining === 0) room.users.delete(user);
  else room.users.set(user, remaining);
  const rooms = view.bySession.get(session);
  rooms?.delete(room);
  if (rooms?.size === 0) view.bySession.delete(session);
}
