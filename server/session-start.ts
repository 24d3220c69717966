import type { Answer } from '../core/answer.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Following } from '../core/following.ts';
import { lobby } from '../core/names.ts';
import { Rejection } from '../core/rejection.ts';
import type { RoomJoined } from '../core/room.ts';
import { decideSession } from '../core/session.ts';
import { accountStream, followingStream, roomStream, sessionStream } from '../core/stream.ts';
import { loadFollowing as rememberFollowing } from '../core/views/followers.ts';
import { loadAccount, loadFollowing, loadSession } from './aggregate.ts';
import { appendError, type Part, rejected } from './appender.ts';
import { actorOf, type Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { markRead, unreadMessages } from './inbox.ts';
import { randomId } from './random-id.ts';
import { endSession } from './session-end.ts';

export interface OpeningSession {
  readonly user: string;
  readonly takeover: boolean;
  /** The events that make the account, where it is being made. */
  readonly registration?: Part;
}

/**
 * Opens a session: SessionOpened and the lobby's RoomJoined, expecting that neither the account
 * nor the session nor the subscriptions have changed since they were read. So one of two logins at
 * the same moment is in conflict, and what the user follows is known as of that place in the log.
 * Answers the error to tell, or undefined.
 */
export async function openSession(
  chat: Chat,
  connection: Connection,
  opening: OpeningSession,
): Promise<Answer | undefined> {
  const { user, registration } = opening;
  for (;;) {
    const attempt = await prepare(chat, opening);
    if (attempt instanceof Rejection) return rejected(attempt);
    // Nobody is there to use it.
    if (connection.isClosing) return undefined;
    const { session, parts, following } = attempt;
    chat.fanOut.bind(session, connection);
    connection.beginOpening({ session, following });
    const outcome = await chat.appender.appendInTurn(actorOf(chat, user, session), parts);
    if (connection.isClosing) {
      await endSession(chat, { user, session, reason: 'disconnected' });
      return undefined;
    }
    if (connection.identity !== undefined) {
      await showInbox(chat, connection, connection.identity);
      return appendError(outcome);
    }
    chat.fanOut.unbind(session);
    connection.abandonOpening();
    // It was folded where nobody is told of anything: the log was set back in the same moment.
    if (outcome?.status === 'appended')
      await endSession(chat, { user, session, reason: 'disconnected' });
    if (outcome?.status !== 'conflict')
      return appendError(outcome) ?? { kind: 'error', code: 'SessionEnded', subject: '' };
    // Somebody else registered the name in the same moment.
    if (registration !== undefined && outcome.stream === registration.stream)
      return { kind: 'error', code: 'NameTaken', subject: user };
  }
}

/** Called when the opening is folded: the session's user is here from this place in the log on. */
export function sessionOpened(chat: Chat, connection: Connection, user: string): void {
  const { opening } = connection;
  if (opening === undefined) return;
  rememberFollowing(chat.follower.view.followers, user, opening.following);
  connection.authenticated(user, opening.session);
  connection.outgoing.hold();
  connection.inboxAsOf = chat.follower.positions;
}

interface Attempt {
  readonly session: string;
  readonly parts: readonly Part[];
  readonly following: Following;
}

/** Reads and decides. */
async function prepare(
  chat: Chat,
  { user, takeover, registration }: OpeningSession,
): Promise<Attempt | Rejection> {
  const { events: store } = chat.stores;
  // The account last: a session that is open was opened by an account that is there to be seen.
  const current = await loadSession(store, user);
  const following = await loadFollowing(store, user);
  const account = await loadAccount(store, user);
  // Whoever registered the name in the same moment may have a session already: not for us to tell.
  if (registration !== undefined && registration.expected !== account.revision)
    return new Rejection('NameTaken', user);
  if (account.state.status === 'suspended') return new Rejection('AccountSuspended', user);
  const session = randomId();
  const server = { server: chat.options.name, incarnation: chat.incarnation };
  const opened = decideSession(
    { type: 'OpenSession', user, session, ...server, takeover },
    current.state,
  );
  if (opened instanceof Rejection) return opened;
  const { canonical: room, shown: name } = lobby;
  const joined: RoomJoined = { type: 'RoomJoined', data: { room, name, user, session, ...server } };
  const unchanged = { stream: accountStream(user), expected: account.revision, events: [] };
  const parts: Part[] = [
    registration ?? unchanged,
    { stream: followingStream(user), expected: following.revision, events: [] },
    { stream: sessionStream(user), expected: current.revision, events: opened },
    { stream: roomStream(room), expected: 'any', events: [joined] },
  ];
  return { session, parts, following: following.state };
}

/** Shows the direct messages that were kept, before anything that came after the welcome. */
async function showInbox(
  chat: Chat,
  connection: Connection,
  { user, session }: { readonly user: string; readonly session: string },
): Promise<void> {
  try {
    const { oldest, isAll } = await unreadMessages(chat.stores.events, user, connection.inboxAsOf);
    // Nobody is there to read them any more: they are kept.
    if (connection.isClosing) return;
    connection.inboxMark.begin(oldest, isAll);
    const older = oldest.map(({ event: { data, text } }): Delivery => {
      return { kind: 'direct', to: [session], from: data.from, text };
    });
    connection.outgoing.release(older);
  } catch (error) {
    chat.log.warn({ err: error }, 'kept messages could not be read; the next login shows them');
    connection.outgoing.release();
  }
  await markRead(chat, connection.inboxMark, { user, session });
}
