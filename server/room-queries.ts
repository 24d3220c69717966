import type { RoomName } from '../core/names.ts';
import { roomsOf } from '../core/views/rooms.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';

export function rooms(chat: Chat, connection: Connection): void {
  const occupied = [...chat.follower.view.rooms.byRoom.values()].map(({ room, name, users }) => ({
    room,
    name,
    members: users.size,
  }));
  const sorted = occupied.toSorted((one, other) => compareNames(one.name, other.name));
  connection.tell({ kind: 'rooms', rooms: sorted });
}

export function members(
  chat: Chat,
  connection: Connection,
  { session }: HeldSession,
  asked: RoomName | undefined,
): void {
  const { rooms: view } = chat.follower.view;
  const [current] = roomsOf(view, session);
  const room = asked === undefined ? current : view.byRoom.get(asked.canonical);
  const name = room?.name ?? asked?.shown;
  if (name === undefined) return connection.fail('NotInAnyRoom');
  const users = [...(room?.users.keys() ?? [])].toSorted();
  const canonical = room?.room ?? asked?.canonical ?? '';
  connection.tell({ kind: 'members', room: name, canonical, users });
}

export function describeSession(
  chat: Chat,
  connection: Connection,
  { user, session }: HeldSession,
): void {
  const { sessions, rooms: view } = chat.follower.view;
  const open = sessions.bySession.get(session);
  if (open === undefined) return connection.fail('SessionEnded');
  const names = [...roomsOf(view, session)].map(({ name }) => name);
  const { server, since } = open;
  connection.tell({ kind: 'session', user, server, since, rooms: names });
}

/** By code points, so that every server sorts alike whatever its locale. */
const compareNames = (one: string, other: string): number => (one < other ? -1 : 1);
