import type { Answer } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import { type AppendOutcome, noRevision } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideRoom, messagePosted } from '../core/room.ts';
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
  const message = { room, user, session, text };
  const decision = decideRoom({ type: 'PostMessage', ...message }, roomState(rooms, room));
  const refusal = decision instanceof Rejection ? decision.code : undefined;
  const subject = asked?.shown ?? room;
  if (refusal !== undefined && sequence === undefined) return refuse(refusal, subject);
  // It may be sent again, and was stored while its sender was in the room: the store knows.
  const expected = refusal === undefined ? 'any' : noRevision;
  const events = [messagePosted(message)];
  const { id, outcome } = held.hand({ stream: roomStream(room), expected, events }, sequence);
  messages.sent(id, request);
  const settle = (settled: AppendOutcome): void => {
    const answer =
      settled.status === 'conflict' && refusal !== undefined
        ? ({ kind: 'error', code: refusal, subject } as const)
        : (appendError(settled) ?? storedBefore(chat, room, settled));
    if (answer !== undefined) messages.answered(id, answer);
  };
  const failed = (error: unknown): void => {
    chat.log.error({ err: error }, 'a message failed');
    messages.answered(id, { kind: 'error', code: 'InternalError', subject: '' });
  };
  outcome.then(settle).catch(failed);
}

/** What became of the first, if this was sent again: it will not be folded once more. */
function storedBefore(
  { follower, stores }: Chat,
  room: string,
  outcome: AppendOutcome,
): Answer | undefined {
  if (outcome.status !== 'repeated') return undefined;
  const { byRoom } = follower.view.rooms;
  const partition = partitionOf(roomStream(room), stores.events.info.partitions);
  return {
    kind: 'stored',
    room: byRoom.get(room)?.name ?? room,
    canonical: room,
    epoch: follower.view.epochs.get(partition) ?? '',
    number: outcome.first.revisions[0] ?? 0,
  };
}
