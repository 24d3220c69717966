import type { Answer } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import { decideKeptRooms, type KeptRoomsCommand } from '../core/kept-rooms.ts';
import { Rejection } from '../core/rejection.ts';
import { keptRoomsStream } from '../core/stream.ts';
import { appendError, rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import { untilNoConflict } from './conflicts.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { loadKeptRooms, withSum } from './loaded-kept-rooms.ts';

/**
 * Changes which rooms an account keeps. Answers the error to tell, or undefined.
 * @throws {StoreUnreachable}
 */
export async function keepRoom(
  chat: Chat,
  held: HeldSession,
  command: KeptRoomsCommand,
): Promise<Answer | undefined> {
  const stream = keptRoomsStream(held.user);
  return untilNoConflict(async () => {
    const loaded = await loadKeptRooms(chat.stores.events, held.user, held.keptRooms);
    held.keptRooms = loaded;
    const decided = decideKeptRooms(command, loaded.state);
    if (decided instanceof Rejection) return rejected(decided);
    if (decided.length === 0) return undefined;
    const events = withSum(held.user, loaded, decided);
    const outcome = await held.append({ stream, expected: loaded.revision, events });
    // It may be the log that was set back: nothing is known then.
    if (outcome.status !== 'appended') held.keptRooms = undefined;
    else if (command.type === 'KeepRoom') held.newlyKept.add(command.room);
    return outcome.status === 'conflict' ? 'conflict' : appendError(outcome);
  });
}

/**
 * Why the rules would refuse a change of the rooms that an account keeps; undefined where they would
 * not.
 * @throws {StoreUnreachable}
 */
export async function whyNotKept(
  chat: Chat,
  held: HeldSession,
  command: KeptRoomsCommand,
): Promise<Answer | undefined> {
  held.keptRooms = await loadKeptRooms(chat.stores.events, held.user, held.keptRooms);
  const decided = decideKeptRooms(command, held.keptRooms.state);
  return decided instanceof Rejection ? rejected(decided) : undefined;
}

/** The mark is in the log soon after the answer; see `RoomMarks`. */
export async function markRoomRead(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { room, through }: CommandOf<'markRoomRead'>,
): Promise<void> {
  // What has not been said cannot have been read.
  const last = chat.follower.view.rooms.byRoom.get(room.canonical)?.number ?? 0;
  const mark = { user: held.user, room: room.canonical, through: Math.min(through, last) };
  held.keptRooms = await loadKeptRooms(chat.stores.events, held.user, held.keptRooms);
  const decided = decideKeptRooms({ type: 'MarkRoomRead', ...mark }, held.keptRooms.state);
  if (decided instanceof Rejection) return connection.tell(rejected(decided));
  if (decided.length > 0) held.roomMarks.read(mark.room, mark.through);
  connection.tell({ kind: 'readMarked' });
}
