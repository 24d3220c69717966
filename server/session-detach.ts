import { Rejection } from '../core/rejection.ts';
import { decideSession } from '../core/session.ts';
import { sessionStream } from '../core/stream.ts';
import { actorOf, type Chat } from './chat.ts';

const retryMs = 500;

export interface DetachingSession {
  readonly user: string;
  readonly session: string;
  /** Whether it is still this server's to detach. */
  readonly isOurs: () => boolean;
}

/**
 * Tells the log that a session's connection was lost, and that its client may come back. Goes on
 * until the log says so, it is not ours any more, or this server's incarnation is over, by which the
 * session is detached anyhow.
 */
export async function detachSession(chat: Chat, detaching: DetachingSession): Promise<void> {
  while (detaching.isOurs() && !chat.isEnding && !(await isDetached(chat, detaching)))
    await new Promise((resolve) => setTimeout(resolve, retryMs));
}

async function isDetached(chat: Chat, { user, session }: DetachingSession): Promise<boolean> {
  const { follower, appender, options, incarnation } = chat;
  const open = follower.view.sessions.bySession.get(session);
  if (open === undefined || open.isDetached) return true;
  const command = {
    type: 'DetachSession',
    user,
    session,
    server: options.name,
    incarnation,
  } as const;
  const events = decideSession(command, { status: 'open', ...open });
  if (events instanceof Rejection || events.length === 0) return true;
  const part = { stream: sessionStream(user), expected: open.revision, events };
  const { status } = await appender.append(actorOf(chat, user, session), [part]);
  return status === 'appended' || status === 'fenced';
}
