import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { detachSession } from './session-detach.ts';
import { endSession } from './session-end.ts';

/**
 * Tells the log that a session's connection is over, when what its client has said is settled: one
 * that can be resumed is detached, another one ends. What a server holds that ends itself is over in
 * the log by that.
 */
export async function leaveSession(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
): Promise<void> {
  await Promise.all([held.letGo(), connection.messages.settled()]);
  await held.marked();
  const { user, session } = held;
  if (!chat.isEnding && !held.isResumable)
    return endSession(chat, { user, session, reason: 'disconnected' });
  const isOurs = (): boolean => chat.fanOut.holder(session) === connection;
  if (!chat.isEnding) await detachSession(chat, { user, session, isOurs });
  chat.fanOut.unbind(session, connection);
}
