import type { Recorded } from '../core/event-store.ts';
import type { RoomJoined } from '../core/room.ts';
import type { SessionOpened, SessionResumed } from '../core/session.ts';
import { forgetFollowing } from '../core/views/followers.ts';
import type { Chat } from './chat.ts';
import { detachSession } from './session-detach.ts';
import { sessionResumed } from './session-resume.ts';
import { sessionOpened } from './session-start.ts';
import { endUnheldEntry } from './unheld-entry.ts';

/** What a record changes for the connections that hold sessions here. Called just before its fold. */
export function heedSession(chat: Chat, recorded: Recorded): void {
  const { event } = recorded;
  switch (event.type) {
    case 'SessionOpened':
      return onOpened(chat, event.data);
    case 'SessionResumed':
      return onResumed(chat, recorded, event.data);
    case 'SessionClosed':
    case 'SessionDetached':
      return forgetFollowing(chat.follower.view.followers, event.data.user);
    case 'RoomJoined':
      return onJoined(chat, recorded, event.data);
    default:
  }
}

function onOpened(chat: Chat, opened: SessionOpened['data']): void {
  const connection = chat.fanOut.holder(opened.session);
  if (connection === undefined) endUnheldEntry(chat, opened);
  else if (opened.incarnation === chat.incarnation) sessionOpened(chat, connection);
}

function onResumed(chat: Chat, { cause }: Recorded, resumed: SessionResumed['data']): void {
  const { user, session, server, incarnation } = resumed;
  const before = chat.fanOut.holder(session);
  if (server !== chat.options.name || incarnation !== chat.incarnation) {
    forgetFollowing(chat.follower.view.followers, user);
    before?.cedeSession();
    return chat.fanOut.unbind(session);
  }
  // It was here all the time, and its client has changed the password.
  if (before?.held?.renew(resumed.resume) === true) return;
  const connection = chat.fanOut.expected(cause);
  if (connection?.state.opening !== undefined) return sessionResumed(chat, connection);
  // It was given up, or its client has gone once more: it may come back.
  before?.cedeSession();
  const isOurs = (): boolean => chat.fanOut.holder(session) === before;
  queueMicrotask(() => void detachSession(chat, { user, session, isOurs }));
}

/** A session that is open leaves its rooms when it ends. */
function onJoined(chat: Chat, { revision }: Recorded, joined: RoomJoined['data']): void {
  chat.fanOut.holder(joined.session)?.held?.shownFrom.set(joined.room, revision);
  if (!chat.follower.view.sessions.bySession.has(joined.session)) endUnheldEntry(chat, joined);
}
