import type { Answer } from '../core/answer.ts';
import type { AppendOutcome } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideRoom } from '../core/room.ts';
import { roomStream } from '../core/stream.ts';
import { roomsOf, roomState } from '../core/views/rooms.ts';
import { appendError, commitOf } from './appender.ts';
import { actorOf, type Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { randomId } from './random-id.ts';

/**
 * Posts a message to the room that the session is in, without waiting for what becomes of it: its
 * receipt comes when the message is folded, or here when it is refused.
 */
export function say(chat: Chat, connection: Connection, text: string): void {
  const { identity } = connection;
  if (identity === undefined) return;
  const { user, session } = identity;
  const refuse = (error: Answer): void => {
    const id = randomId();
    connection.messageSent(id);
    connection.messageFailed(id, error);
  };
  if (!connection.takesMessage())
    return refuse({ kind: 'error', code: 'TooManyMessages', subject: '1' });
  if (!connection.isPlaced) return refuse({ kind: 'error', code: 'Unavailable', subject: '' });
  const [room] = roomsOf(chat.follower.view.rooms, session);
  if (room === undefined) return refuse({ kind: 'error', code: 'NotInAnyRoom', subject: '' });
  const decision = decideRoom(
    { type: 'PostMessage', room: room.room, user, session, text },
    roomState(chat.follower.view.rooms, room.room),
  );
  if (decision instanceof Rejection)
    return refuse({ kind: 'error', code: decision.code, subject: decision.subject });
  const stream = roomStream(room.room);
  const part = { stream, expected: 'any', events: decision } as const;
  const commit = commitOf(actorOf(chat, user, session), [part]);
  const id = commit.parts[0]?.events[0]?.id ?? '';
  connection.messageSent(id);
  const settle = (outcome: AppendOutcome): void => {
    const error = appendError(outcome);
    if (error !== undefined) connection.messageFailed(id, error);
  };
  const failed = (error: unknown): void => {
    chat.log.error({ err: error }, 'a message failed');
    connection.messageFailed(id, { kind: 'error', code: 'InternalError', subject: '' });
  };
  chat.appender.hand(commit).then(settle).catch(failed);
}
