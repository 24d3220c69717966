import type { SessionOpened } from '../core/session.ts';
import type { Chat } from './chat.ts';
import { endSession } from './session-end.ts';

/**
 * Ends a session of this server, or its place in a room, that nobody holds: it was given up as
 * unknown and came true when its client had gone. Called as its record is shown.
 */
export function endUnheldEntry(
  chat: Chat,
  { user, session, server, incarnation }: SessionOpened['data'],
): void {
  const isOurs = server === chat.options.name && incarnation === chat.incarnation;
  if (!isOurs || chat.fanOut.holder(session) !== undefined) return;
  // The view knows of it once this record is folded.
  queueMicrotask(() => void endSession(chat, { user, session, reason: 'disconnected' }));
}
