import { Rejection } from '../core/rejection.ts';
import { decideRoom, type RoomJoined } from '../core/room.ts';
import { roomStream } from '../core/stream.ts';
import { type OccupiedRoom, roomsOf } from '../core/views/rooms.ts';
import type { Part } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';

const retryMs = 250;

/** A room that a session is to be in. */
export interface WantedRoom {
  readonly room: string;
  readonly name: string;
}

/**
 * After a move whose fate is unknown nobody knows in which room its session is: the log may say
 * more than the view. Finds out, by an empty commit to the same streams: what was handed over before
 * it lies before it in the log, or will never be there. Resolves after the first attempt; goes on
 * until one succeeds. Meanwhile `isPlaced` is false, and nothing may be decided by the session's
 * rooms. Where rooms are `wanted`, the session is then put into these and no others.
 */
export async function findWhereabouts(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  streams: readonly string[],
  wanted?: readonly WantedRoom[],
): Promise<void> {
  held.isPlaced = false;
  const find = async (): Promise<boolean> => {
    const looks = streams.map((stream) => ({ stream, expected: 'any', events: [] }) as const);
    if (looks.length > 0 && (await held.append(...looks)).status !== 'appended') return false;
    const moves = wanted === undefined ? [] : movesTo(chat, held, wanted);
    return moves.length === 0 || (await held.append(...moves)).status === 'appended';
  };
  held.isPlaced = await find();
  if (!held.isPlaced) void keepTrying(connection, held, find);
}

/** Joins a room. */
export function joining({ room, name }: WantedRoom, held: HeldSession): Part {
  const { user, session, actor, isResumable } = held;
  const { server, incarnation } = actor;
  const resumable = isResumable ? { resumable: true as const } : {};
  const data = { room, name, user, session, server, incarnation, ...resumable };
  const joined: RoomJoined = { type: 'RoomJoined', data };
  return { stream: roomStream(room), expected: 'any', events: [joined] };
}

/** Leaves a room that the session is in. */
export function leaving(room: OccupiedRoom, { user, session }: HeldSession): Part {
  const events = decideRoom({ type: 'LeaveRoom', room: room.room, user, session }, room);
  if (events instanceof Rejection) throw new Error(`Leaving was refused: ${events.code}`);
  return { stream: roomStream(room.room), expected: 'any', events };
}

function movesTo(
  { follower }: Chat,
  held: HeldSession,
  wanted: readonly WantedRoom[],
): readonly Part[] {
  const current = [...roomsOf(follower.view.rooms, held.session)];
  const extra = current.filter((room) => !isIn(wanted, room));
  const lost = wanted.filter((room) => !isIn(current, room));
  return [...extra.map((room) => leaving(room, held)), ...lost.map((room) => joining(room, held))];
}

const isIn = (
  rooms: readonly { readonly room: string }[],
  { room }: { readonly room: string },
): boolean => rooms.some((one) => one.room === room);

async function keepTrying(
  connection: Connection,
  held: HeldSession,
  find: () => Promise<boolean>,
): Promise<void> {
  while (!connection.isClosing && !held.isPlaced) {
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    held.isPlaced = await find();
  }
}
