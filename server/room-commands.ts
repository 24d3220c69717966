import type { PastMessage } from '../core/answer.ts';
import type { EventStore } from '../core/event-store.ts';
import type { RoomName } from '../core/names.ts';
import { Rejection } from '../core/rejection.ts';
import { decideRoom } from '../core/room.ts';
import { roomStream } from '../core/stream.ts';
import { type OccupiedRoom, roomsOf, roomState } from '../core/views/rooms.ts';
import { appendError, type Part } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { recordsBackwards } from './stream-records.ts';
import { findWhereabouts } from './whereabouts.ts';

/** A history looks back no further: in a busy lobby people come and go more than they speak. */
export const historyRecordsMax = 10_000;

/** Goes to a room and leaves the one before it, in one commit where they share a partition. */
export async function join(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { canonical: room, shown }: RoomName,
): Promise<void> {
  if (!held.isPlaced) return connection.fail('Unavailable');
  const name = await shownName(chat, room, shown);
  // Only now: while the store was asked, the log may have gone on, or been set back.
  const { rooms: view } = chat.follower.view;
  const { user, session, actor } = held;
  const { server, incarnation } = actor;
  const command = { room, name, user, session, server, incarnation };
  const joined = decideRoom({ type: 'JoinRoom', ...command }, roomState(view, room));
  if (joined instanceof Rejection) return connection.fail(joined.code, joined.subject);
  if (joined.length === 0) return connection.tell({ kind: 'joined', room: name });
  const parts: Part[] = [...roomsOf(view, session)].map((left) => leaving(left, session, user));
  parts.push({ stream: roomStream(room), expected: 'any', events: joined });
  const outcome = await held.append(...parts);
  const error = appendError(outcome);
  if (error === undefined) return;
  connection.tell(error);
  if (outcome.status !== 'unknown') return;
  connection.flush();
  const streams = parts.map(({ stream }) => stream);
  await findWhereabouts(chat, connection, held, streams);
}

export function rooms(chat: Chat, connection: Connection): void {
  const names = [...chat.follower.view.rooms.byRoom.values()].map(({ name }) => name);
  connection.tell({ kind: 'rooms', names: names.toSorted(compareNames) });
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
  connection.tell({ kind: 'members', room: name, users });
}

/** The last messages of the room that the session is in. */
export async function history(
  chat: Chat,
  connection: Connection,
  { session }: HeldSession,
  limit: number,
): Promise<void> {
  const [room] = roomsOf(chat.follower.view.rooms, session);
  if (room === undefined) return connection.fail('NotInAnyRoom');
  const past = await lastMessages(chat.stores.events, room.room, limit);
  connection.tell({ kind: 'history', room: room.name, ...past });
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

/** A room is shown as it was first written: an empty one's first record knows how. */
async function shownName({ follower, stores }: Chat, room: string, typed: string): Promise<string> {
  const state = roomState(follower.view.rooms, room);
  if (state.status === 'occupied') return state.name;
  const [first] = await stores.events.readStream({ stream: roomStream(room), limit: 1 });
  return first?.event.type === 'RoomJoined' ? first.event.data.name : typed;
}

export function leaving(room: OccupiedRoom, session: string, user: string): Part {
  const events = decideRoom({ type: 'LeaveRoom', room: room.room, user, session }, room);
  if (events instanceof Rejection) throw new Error(`Leaving was refused: ${events.code}`);
  return { stream: roomStream(room.room), expected: 'any', events };
}

async function lastMessages(
  events: EventStore,
  room: string,
  limit: number,
): Promise<{ messages: PastMessage[]; isCut: boolean }> {
  const newestFirst: PastMessage[] = [];
  const lookedAt = (isCut: boolean) => ({ messages: newestFirst.toReversed(), isCut });
  let records = 0;
  for await (const record of recordsBackwards(events, { stream: roomStream(room) })) {
    if (records++ === historyRecordsMax) return lookedAt(true);
    const { event, revision: number, at } = record;
    if (event.type !== 'MessagePosted') continue;
    newestFirst.push({ number, at, user: event.data.user, text: event.text });
    if (newestFirst.length === limit) break;
  }
  return lookedAt(false);
}

/** By code points, so that every server sorts alike whatever its locale. */
const compareNames = (one: string, other: string): number => (one < other ? -1 : 1);
