import type { RoomLeft } from '../core/room.ts';
import { decideSession, type SessionEnd } from '../core/session.ts';
import { Rejection } from '../core/rejection.ts';
import { roomStream, sessionStream } from '../core/stream.ts';
import { roomsOf } from '../core/views/rooms.ts';
import type { Part } from './appender.ts';
import { actorOf, type Chat } from './chat.ts';

const retryMsMin = 100;
const retryMsMax = 2_000;

export interface EndingSession {
  readonly user: string;
  readonly session: string;
  readonly reason: SessionEnd;
}

/**
 * Ends a session of this server in the log: its memberships, and the session itself unless another
 * has ended it. Goes on until the log says so or this server's incarnation is over: a user must
 * not stay logged in because the store was away for a while.
 */
export async function endSession(chat: Chat, ending: EndingSession): Promise<void> {
  const { incarnation } = chat;
  for (let pauseMs = retryMsMin; ; pauseMs = Math.min(pauseMs * 2, retryMsMax)) {
    const outcome = await tryEndSession(chat, ending);
    if (outcome === 'done' || chat.incarnation !== incarnation || chat.isEnding) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  chat.fanOut.unbind(ending.session);
}

/** One attempt; `done` when the view holds nothing of the session any more. */
export async function tryEndSession(
  chat: Chat,
  { user, session, reason }: EndingSession,
): Promise<'done' | 'unavailable' | 'unknown' | 'again'> {
  const parts = endingParts(chat, { user, session, reason });
  if (parts.length === 0) return 'done';
  const outcome = await chat.appender.appendInTurn(actorOf(chat, user, session), parts);
  switch (outcome.status) {
    case 'unavailable':
    case 'unknown':
      return outcome.status;
    case 'fenced':
      return 'done';
    default:
      return endingParts(chat, { user, session, reason }).length === 0 ? 'done' : 'again';
  }
}

function endingParts(chat: Chat, { user, session, reason }: EndingSession): readonly Part[] {
  const { rooms, sessions } = chat.follower.view;
  const parts: Part[] = [...roomsOf(rooms, session)].map(({ room }) => {
    const left: RoomLeft = { type: 'RoomLeft', data: { room, user, session } };
    return { stream: roomStream(room), expected: 'any', events: [left] };
  });
  const open = sessions.bySession.get(session);
  // Its client came back in time.
  if (reason === 'expired' && open?.isDetached === false) return [];
  if (open === undefined) return parts;
  const events = decideSession(
    { type: 'CloseSession', user, session, reason },
    { status: 'open', ...open },
  );
  if (events instanceof Rejection) throw new Error(`Closing a session was refused: ${events.code}`);
  const closing: Part = { stream: sessionStream(user), expected: open.revision, events };
  // Where several servers may be at it, whoever closes the session clears up after it.
  return reason === 'expired' ? [closing, ...parts] : [...parts, closing];
}
