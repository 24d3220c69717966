import type { Answer } from '../core/answer.ts';
import type { AppendOutcome } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideRoom } from '../core/room.ts';
import { roomStream } from '../core/stream.ts';
import { roomsOf, roomState } from '../core/views/rooms.ts';
import { appendError } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { randomId } from './random-id.ts';

/**
 * Posts a message to the room that the session is in, without waiting for what becomes of it: its
 * receipt comes when the message is folded, or here when it is refused.
 */
export function say(chat: Chat, connection: Connection, text: string): void {
  const { held, messages } = connection;
  if (held === undefined) return;
  const { user, session } = held;
  const refuse = (error: Answer): void => {
    const id = randomId();
    messages.sent(id);
    messages.failed(id, error);
  };
  if (!connection.takesMessage())
    return refuse({ kind: 'error', code: 'TooManyMessages', subject: '1' });
  if (!held.isPlaced) return refuse({ kind: 'error', code: 'Unavailable', subject: '' });
  const [room] = roomsOf(chat.follower.view.rooms, session);
  if (room === undefined) return refuse({ kind: 'error', code: 'NotInAnyRoom', subject: '' });
  const decision = decideRoom(
    { type: 'PostMessage', room: room.room, user, session, text },
    roomState(chat.follower.view.rooms, room.room),
  );
  if (decision instanceof Rejection)
    return refuse({ kind: 'error', code: decision.code, subject: decision.subject });
  const { id, outcome } = held.hand(roomStream(room.room), decision);
  messages.sent(id);
  const settle = (settled: AppendOutcome): void => {
    const error = appendError(settled);
    if (error !== undefined) messages.failed(id, error);
  };
  const failed = (error: unknown): void => {
    chat.log.error({ err: error }, 'a message failed');
    messages.failed(id, { kind: 'error', code: 'InternalError', subject: '' });
  };
  outcome.then(settle).catch(failed);
}
