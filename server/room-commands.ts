import type { RoomName } from '../core/names.ts';
import { roomsOf, roomState } from '../core/views/rooms.ts';
import { appendError, type Part } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { loadKeptRooms } from './loaded-kept-rooms.ts';
import { keepRoom, whyNotKept } from './kept-room-commands.ts';
import { firstName } from './room-names.ts';
import { describeRoom } from './session-state.ts';
import { findWhereabouts, joining, leaving } from './whereabouts.ts';

/**
 * Goes to a room. A session that is in one room at a time leaves the one before it, in one commit
 * where they share a partition; one that may be in several stays in them, and its account keeps the
 * room.
 */
export async function join(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { canonical: room, shown }: RoomName,
): Promise<void> {
  if (!held.isPlaced) return connection.fail('Unavailable');
  const name = await shownName(chat, room, shown);
  const keeping = { type: 'KeepRoom', user: held.user, room } as const;
  if (held.isResumable) {
    const refused = await whyNotKept(chat, held, keeping);
    if (refused !== undefined) return connection.tell(refused);
  }
  // Only now: while the store was asked, the log may have gone on, or been set back.
  const { rooms: view } = chat.follower.view;
  const isMember = view.byRoom.get(room)?.members.has(held.session) ?? false;
  if (!isMember) {
    const former = held.isResumable ? [] : [...roomsOf(view, held.session)];
    const parts = [...former.map((left) => leaving(left, held)), joining({ room, name }, held)];
    if (!(await move(chat, connection, held, parts))) return;
  }
  if (held.isResumable) {
    // Last: what was not joined is not to be there again at the next login.
    const refused = await keepRoom(chat, held, keeping);
    if (refused !== undefined) return connection.tell(refused);
    return entered(chat, connection, held, room);
  }
  // Who has come is told so by the fold.
  if (isMember) connection.tell({ kind: 'joined', room: name });
}

/** Leaves a room, which the account keeps no longer. */
export async function leave(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { canonical: room }: RoomName,
): Promise<void> {
  if (!held.isPlaced) return connection.fail('Unavailable');
  const occupied = chat.follower.view.rooms.byRoom.get(room);
  const isMember = occupied?.members.has(held.session) ?? false;
  if (occupied !== undefined && isMember) {
    if (!(await move(chat, connection, held, [leaving(occupied, held)]))) return;
  }
  // Last: a room that was not left is to be there again at the next login.
  const refused = await keepRoom(chat, held, { type: 'DropRoom', user: held.user, room });
  if (refused !== undefined) return connection.tell(refused);
  connection.tell({ kind: 'leftRoom' });
}

/** Appends a move and tells what went wrong with it; false when something did. */
async function move(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  parts: readonly Part[],
): Promise<boolean> {
  const outcome = await held.append(...parts);
  const error = appendError(outcome);
  if (error === undefined) return true;
  connection.tell(error);
  if (outcome.status !== 'unknown') return false;
  connection.flush();
  const streams = parts.map(({ stream }) => stream);
  await findWhereabouts(chat, connection, held, streams);
  return false;
}

async function entered(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  canonical: string,
): Promise<void> {
  const room = chat.follower.view.rooms.byRoom.get(canonical);
  if (room === undefined) return connection.fail('SessionEnded');
  const kept = await loadKeptRooms(chat.stores.events, held.user, held.keptRooms);
  const state = await describeRoom(chat, held, room, kept.state);
  connection.tell({ kind: 'entered', state });
}

/** A room is shown as it was first written: an empty one's first record knows how. */
export async function shownName(
  { follower, stores }: Chat,
  room: string,
  typed: string,
): Promise<string> {
  const state = roomState(follower.view.rooms, room);
  if (state.status === 'occupied') return state.name;
  return (await firstName(stores.events, room)) ?? typed;
}
