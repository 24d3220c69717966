import type { Rollback } from '../core/event-store.ts';
import type { RoomJoined } from '../core/room.ts';
import { roomStream } from '../core/stream.ts';
import type { ChatView } from '../core/views/chat.ts';
import { forgetFollowing } from '../core/views/followers.ts';
import { type OccupiedRoom, roomsOf } from '../core/views/rooms.ts';
import type { Part } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { leaving } from './room-commands.ts';
import { endSession } from './session-end.ts';

const retryMs = 250;

/** Tells a client from where on nothing can be relied upon, since the log was set back. */
export function toldOfRollback(connection: Connection, { from, epoch }: Rollback): void {
  if (connection.held === undefined) return;
  connection.held.marks.forget();
  connection.fail('ContinuityBroken', `position ${from} (epoch ${epoch})`);
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
    if (sessions.bySession.has(held.session))
      void restoreRooms(chat, connection, held, roomsOf(before.rooms, held.session));
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
  const unheld = new Map<string, string>();
  const look = (
    session: string,
    of: { user: string; server: string; incarnation: number },
  ): void => {
    const isOurs = of.server === options.name && of.incarnation === incarnation;
    if (isOurs && fanOut.holder(session) === undefined) unheld.set(session, of.user);
  };
  for (const [session, open] of sessions.bySession) look(session, open);
  for (const room of rooms.byRoom.values())
    for (const [session, member] of room.members) look(session, member);
  for (const [session, user] of unheld)
    void endSession(chat, { user, session, reason: 'disconnected' });
}

/** Goes on until the log says so or the client has gone; until then it is in no certain room. */
async function restoreRooms(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  wanted: ReadonlySet<OccupiedRoom>,
): Promise<void> {
  held.isPlaced = false;
  for (;;) {
    const parts = restoringParts(chat, held, wanted);
    if (parts.length === 0 || connection.isClosing) break;
    const { status } = await held.append(...parts);
    if (status !== 'appended') await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  held.isPlaced = true;
}

function restoringParts(
  { follower }: Chat,
  { user, session, actor }: HeldSession,
  wanted: ReadonlySet<OccupiedRoom>,
): readonly Part[] {
  const { server, incarnation } = actor;
  const current = [...roomsOf(follower.view.rooms, session)];
  const lost = [...wanted].filter(({ room }) => current.every((one) => one.room !== room));
  const extra = current.filter(({ room }) => [...wanted].every((one) => one.room !== room));
  return [
    ...extra.map((room) => leaving(room, session, user)),
    ...lost.map(({ room, name }): Part => {
      const data = { room, name, user, session, server, incarnation };
      const joined: RoomJoined = { type: 'RoomJoined', data };
      return { stream: roomStream(room), expected: 'any', events: [joined] };
    }),
  ];
}
