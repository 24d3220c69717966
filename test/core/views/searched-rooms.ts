import type { Recorded } from '../../../core/event-store.ts';
import type { RoomJoined } from '../../../core/room.ts';
import { emptyRooms, type OccupiedRoom, type RoomsView } from '../../../core/views/rooms.ts';

type Membership = RoomJoined['data'] & { readonly partition: number };

/** Who is in which room after these records, by a list that is searched. */
export function searched(records: readonly Recorded[]): readonly Membership[] {
  let list: Membership[] = [];
  for (const { event, partition } of records) {
    const { type, data } = event;
    if (type === 'RoomJoined') {
      const isIn = ({ room, session }: Membership) =>
        room === data.room && session === data.session;
      const name = list.find(({ room }) => room === data.room)?.name ?? data.name;
      const membership = { ...data, name, partition };
      list = list.some(isIn)
        ? list.map((one) => (isIn(one) ? membership : one))
        : [...list, membership];
    }
    if (type === 'RoomLeft')
      list = list.filter((one) => one.room !== data.room || one.session !== data.session);
    if (type === 'ServerStopped' || type === 'ServerLost')
      list = list.filter(
        (one) =>
          one.resumable === true ||
          one.partition !== partition ||
          one.server !== data.server ||
          one.incarnation > data.incarnation,
      );
  }
  return list;
}

/** The place of each room's last event. */
export function numbersIn(records: readonly Recorded[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { event, revision } of records)
    if (['RoomJoined', 'RoomLeft', 'MessagePosted'].includes(event.type) && 'room' in event.data)
      numbers.set(event.data.room, revision);
  return numbers;
}

/** A view of these memberships, built from nothing. */
export function viewOf(
  list: readonly Membership[],
  numbers: ReadonlyMap<string, number>,
): RoomsView {
  const view = emptyRooms();
  for (const { room, name, partition, session, ...member } of list) {
    const { user } = member;
    const shown: OccupiedRoom = view.byRoom.get(room) ?? {
      status: 'occupied',
      room,
      name,
      partition,
      members: new Map(),
      users: new Map(),
      number: numbers.get(room) ?? 0,
    };
    shown.members.set(session, member);
    shown.users.set(user, (shown.users.get(user) ?? 0) + 1);
    view.byRoom.set(room, shown);
    view.bySession.set(session, (view.bySession.get(session) ?? new Set()).add(shown));
  }
  return view;
}
