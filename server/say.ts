import type { Answer } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { Appended, AppendOutcome } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideRoom } from '../core/room.ts';
import { partitionOf, roomStream } from '../core/stream.ts';
import { roomsOf, roomState } from '../core/views/rooms.ts';
import { appendError } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { randomId } from './random-id.ts';

/**
 * Posts a message to the room that the session is in, without waiting for what becomes of it: its
 * receipt comes when the message is folded, or here when it is refused.
 */
export function say(
  chat: Chat,
  connection: Connection,
  { text, room: asked, sequence }: CommandOf<'say'>,
  request: string | undefined,
): void {
  const { held, messages } = connection;
  const refuse = (code: ErrorCode, subject = ''): void => {
    const id = randomId();
    messages.sent(id, request);
    messages.answered(id, { kind: 'error', code, subject });
  };
  if (held === undefined) return refuse('NotLoggedIn');
  if (!connection.pace.takesMessage()) return refuse('TooManyMessages', '1');
  if (!held.isPlaced) return refuse('Unavailable');
  const { user, session } = held;
  const { rooms } = chat.follower.view;
  const [current] = roomsOf(rooms, session);
  const room = asked?.canonical ?? current?.room;
  if (room === undefined) return refuse('NotInAnyRoom');
  const command = { type: 'PostMessage', room, user, session, text } as const;
  const decision = decideRoom(command, roomState(rooms, room));
  if (decision instanceof Rejection) return refuse(decision.code, asked?.shown ?? decision.subject);
  const { id, outcome } = held.hand(roomStream(room), decision, sequence);
  messages.sent(id, request);
  const settle = (settled: AppendOutcome): void => {
    const error = appendError(settled);
    if (error !== undefined) messages.answered(id, error);
    // It will not be folded again: what became of the first is the answer.
    else if (settled.status === 'repeated')
      messages.answered(id, storedBefore(chat, room, settled.first));
  };
  const failed = (error: unknown): void => {
    chat.log.error({ err: error }, 'a message failed');
    messages.answered(id, { kind: 'error', code: 'InternalError', subject: '' });
  };
  outcome.then(settle).catch(failed);
}

function storedBefore({ follower, stores }: Chat, room: string, first: Appended): Answer {
  const { byRoom } = follower.view.rooms;
  const partition = partitionOf(roomStream(room), stores.events.info.partitions);
  return {
    kind: 'stored',
    room: byRoom.get(room)?.name ?? room,
    canonical: room,
    epoch: follower.view.epochs.get(partition) ?? '',
    number: first.revisions[0] ?? 0,
  };
}
