import type { Rollback } from '../core/event-store.ts';
import type { ChatView } from '../core/views/chat.ts';
import { forgetFollowing } from '../core/views/followers.ts';
import { roomsOf } from '../core/views/rooms.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { detachSession } from './session-detach.ts';
import { endSession } from './session-end.ts';
import { findWhereabouts } from './whereabouts.ts';

/** Tells a client from where on nothing can be relied upon, since the log was set back. */
export function toldOfRollback(
  { follower }: Chat,
  connection: Connection,
  { from, epoch }: Rollback,
): void {
  const { held, format } = connection;
  if (held === undefined) return;
  held.marks.forget();
  held.shownFrom.clear();
  const subject = `position ${from} (epoch ${epoch})`;
  connection.answers.announce({ kind: 'error', code: 'ContinuityBroken', subject });
  const { rooms: view, epochs } = follower.view;
  const rooms = [...roomsOf(view, held.session)].map(({ room, partition, number }) => ({
    room,
    epoch: epochs.get(partition) ?? '',
    from: number + 1,
  }));
  const bytes = format.delivery({ kind: 'gap', to: [held.session], reason: 'epoch', rooms });
  if (bytes !== undefined) connection.send(bytes);
  connection.flush();
}

/**
 * After the log was set back: lets go of the clients whose session it no longer has, and puts the
 * others back into the rooms that they were in. `before` is the view that they were shown.
 */
export function resume(chat: Chat, connections: Iterable<Connection>, before: ChatView): void {
  const { sessions, followers } = chat.follower.view;
  for (const connection of connections) {
    const { held } = connection;
    if (held === undefined) continue;
    const open = sessions.bySession.get(held.session);
    const isHere = open?.server === chat.options.name && open.incarnation === chat.incarnation;
    // It lost that the session was resumed here: its client is to do so once more.
    if (open !== undefined && (open.isDetached || !isHere))
      connection.disconnect('ServerRestarted');
    else if (open !== undefined)
      void findWhereabouts(chat, connection, held, [], [...roomsOf(before.rooms, held.session)]);
    else {
      forgetFollowing(followers, held.user);
      connection.disconnect('SessionEnded');
    }
  }
  endUnheld(chat);
}

/**
 * Ends what the log has of this incarnation's sessions and nobody holds: a session that it brought
 * back, one whose opening was given up as unknown, a membership without a session.
 */
function endUnheld(chat: Chat): void {
  const { follower, options, incarnation, fanOut } = chat;
  const { sessions, rooms } = follower.view;
  const isUnheld = (session: string, of: { server: string; incarnation: number }): boolean =>
    of.server === options.name &&
    of.incarnation === incarnation &&
    fanOut.holder(session) === undefined;
  const over = new Map<string, string>();
  for (const [session, open] of sessions.bySession) {
    if (open.isDetached || !isUnheld(session, open)) continue;
    const { user } = open;
    const isOurs = (): boolean => fanOut.holder(session) === undefined;
    if (open.resume === undefined) over.set(session, user);
    else void detachSession(chat, { user, session, isOurs });
  }
  for (const room of rooms.byRoom.values())
    for (const [session, member] of room.members)
      if (!sessions.bySession.has(session) && isUnheld(session, member))
        over.set(session, member.user);
  for (const [session, user] of over)
    void endSession(chat, { user, session, reason: 'disconnected' });
}
