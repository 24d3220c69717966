import type { Answer } from '../core/answer.ts';
import type { Delivery } from '../core/delivery.ts';
import type { AppendOutcome } from '../core/event-store.ts';
import { lobby } from '../core/names.ts';
import { Rejection } from '../core/rejection.ts';
import type { RoomJoined } from '../core/room.ts';
import { decideSession } from '../core/session.ts';
import { accountStream, followingStream, roomStream, sessionStream } from '../core/stream.ts';
import { type LoadedFollowing, rememberFollowing } from '../core/views/followers.ts';
import { loadAccount, loadFollowing, loadSession } from './aggregate.ts';
import { appendError, type Part, rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import { untilNoConflict } from './conflicts.ts';
import type { Connection } from './connection.ts';
import { HeldSession } from './held-session.ts';
import { unreadMessages } from './inbox.ts';
import { randomId } from './random-id.ts';
import { endSession } from './session-end.ts';
import { findWhereabouts } from './whereabouts.ts';

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
  return untilNoConflict(async () => {
    const attempt = await prepare(chat, opening);
    if (attempt instanceof Rejection) return rejected(attempt);
    // Nobody is there to use it.
    if (connection.isClosing) return undefined;
    const { held, parts, following } = attempt;
    const { user, session } = held;
    chat.fanOut.bind(session, connection);
    connection.beginOpening({ held, following });
    const outcome = await held.append(...parts);
    if (connection.held === held) return welcomed(chat, connection, outcome, parts);
    // Whether its client has gone, or it was folded where nobody is told of anything since the log
    // was set back in the same moment.
    if (outcome.status === 'appended' || connection.isClosing)
      await endSession(chat, { user, session, reason: 'disconnected' });
    else chat.fanOut.unbind(session);
    connection.abandonOpening();
    if (connection.isClosing) return undefined;
    if (outcome.status !== 'conflict') return appendError(outcome) ?? sessionEnded;
    // Somebody else registered the name in the same moment.
    const isTaken = outcome.stream === opening.registration?.stream;
    return isTaken ? rejected(new Rejection('NameTaken', user)) : 'conflict';
  });
}

const sessionEnded: Answer = { kind: 'error', code: 'SessionEnded', subject: '' };

/** What follows upon the welcome. */
async function welcomed(
  chat: Chat,
  connection: Connection,
  outcome: AppendOutcome,
  parts: readonly Part[],
): Promise<undefined> {
  const { held } = connection;
  const joining = parts.at(-1);
  if (held === undefined || joining === undefined) return;
  // Its room is in another partition, which could not be reached: it follows as soon as it can be.
  if (outcome.status !== 'appended')
    await findWhereabouts(chat, connection, held, [joining.stream], joining);
  await showInbox(chat, connection, held);
}

/** Called when the opening is folded: the session's user is here from this place in the log on. */
export function sessionOpened(chat: Chat, connection: Connection): void {
  const { opening } = connection;
  if (opening === undefined) return;
  const { held, following } = opening;
  rememberFollowing(chat.follower.view.followers, held.user, following);
  connection.authenticated(held);
  connection.outgoing.hold();
  connection.inboxAsOf = chat.follower.positions;
}

interface Attempt {
  readonly held: HeldSession;
  readonly parts: readonly Part[];
  readonly following: LoadedFollowing;
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
  const held = new HeldSession(chat, user, randomId());
  const { session, actor } = held;
  const server = { server: actor.server, incarnation: actor.incarnation };
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
  return { held, parts, following };
}

/** Shows the direct messages that were kept, before anything that came after the welcome. */
async function showInbox(chat: Chat, connection: Connection, held: HeldSession): Promise<void> {
  const { user, session, marks } = held;
  try {
    const { oldest, isAll } = await unreadMessages(chat.stores.events, user, connection.inboxAsOf);
    // Nobody is there to read them any more: they are kept.
    if (connection.isClosing) return;
    const older = oldest.map(({ event: { data, text } }): Delivery => {
      return { kind: 'direct', to: [session], from: data.from, text };
    });
    connection.outgoing.release(older);
    marks.begin(oldest, isAll);
  } catch (error) {
    chat.log.warn({ err: error }, 'kept messages could not be read; the next login shows them');
    connection.outgoing.release();
  }
}
