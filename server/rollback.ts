import { roomStream } from '../core/stream.ts';
import type { ChatView } from '../core/views/chat.ts';
import { forgetFollowing } from '../core/views/followers.ts';
import { roomsOf } from '../core/views/rooms.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { detachSession } from './session-detach.ts';
import { endSession } from './session-end.ts';
import type { SetBack } from './set-back.ts';
import { findWhereabouts } from './whereabouts.ts';

/** Tells a client from where on nothing can be relied upon, since the log was set back. */
export function toldOfRollback(
  { follower }: Chat,
  connection: Connection,
  setBack: readonly SetBack[],
  before: ChatView,
): void {
  const { held, format } = connection;
  if (held === undefined) return;
  for (const { from, epoch } of setBack) {
    const subject = `position ${from} (epoch ${epoch})`;
    connection.answers.announce({ kind: 'error', code: 'ContinuityBroken', subject });
  }
  const { session } = held;
  // Those too whose join was lost, or whose leaving: it is put back where it was.
  const known = [before, follower.view].flatMap(({ rooms }) => [...roomsOf(rooms, session)]);
  const rooms = setBack.flatMap((one) => {
    const there = known.filter(({ partition }) => partition === one.partition);
    const names = new Set(there.map(({ room }) => room));
    return [...names].map((room) => lostOf(follower.view, held, room, one));
  });
  held.forget();
  const bytes = format.delivery({ kind: 'gap', to: [session], reason: 'epoch', rooms });
  if (bytes !== undefined) connection.send(bytes);
  connection.flush();
}

/** What a client cannot rely upon of a room: what it heard, and what was said before the refold. */
function lostOf(view: ChatView, { shownFrom }: HeldSession, room: string, setBack: SetBack) {
  const { epoch, begun } = setBack;
  const through = view.rooms.byRoom.get(room)?.number;
  const unchanged = through === undefined ? undefined : through + 1;
  // Of a room that nobody is left in it lost, at the least, all since it came in.
  const from = begun.get(roomStream(room)) ?? unchanged ?? shownFrom.get(room) ?? 1;
  return { room, epoch, from, ...(through !== undefined && through >= from && { through }) };
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
