import type { Answer } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import { decideKeptRooms, type KeptRoomsCommand } from '../core/kept-rooms.ts';
import { Rejection } from '../core/rejection.ts';
import { keptRoomsStream } from '../core/stream.ts';
import { loadKeptRooms } from './aggregate.ts';
import { appendError, rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import { untilNoConflict } from './conflicts.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';

/**
 * Changes which rooms an account keeps, or how far it has read one. Answers the error to tell, or
 * undefined.
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
    const { state, revision } = loaded;
    const events = decideKeptRooms(command, state);
    if (events instanceof Rejection) return rejected(events);
    if (events.length === 0) return undefined;
    const outcome = await held.append({ stream, expected: revision, events });
    // It may be the log that was set back: nothing is known then.
    if (outcome.status !== 'appended') held.keptRooms = undefined;
    return outcome.status === 'conflict' ? 'conflict' : appendError(outcome);
  });
}

export async function markRoomRead(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { room, through }: CommandOf<'markRoomRead'>,
): Promise<void> {
  // What has not been said cannot have been read.
  const last = chat.follower.view.rooms.byRoom.get(room.canonical)?.number ?? 0;
  const mark = { user: held.user, room: room.canonical, through: Math.min(through, last) };
  const error = await keepRoom(chat, held, { type: 'MarkRoomRead', ...mark });
  connection.tell(error ?? { kind: 'roomMarked' });
}
