import { isKnown } from '../core/account.ts';
import type { Answer } from '../core/answer.ts';
import { decideKeptRooms } from '../core/kept-rooms.ts';
import { lobby } from '../core/names.ts';
import { Rejection } from '../core/rejection.ts';
import { decideSession } from '../core/session.ts';
import {
  accountStream,
  followingStream,
  keptRoomsStream,
  roomStream,
  sessionStream,
} from '../core/stream.ts';
import { type LoadedFollowing, rememberFollowing } from '../core/views/followers.ts';
import { loadAccount, loadFollowing, loadSession } from './aggregate.ts';
import { appendError, type Part, type ReadOutcome, rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import { untilNoConflict } from './conflicts.ts';
import type { Connection } from './connection.ts';
import { HeldSession, newIdentity } from './held-session.ts';
import { loadKeptRooms, withSum } from './loaded-kept-rooms.ts';
import { shownName } from './room-commands.ts';
import { endSession } from './session-end.ts';
import { showInbox } from './session-inbox.ts';
import { findWhereabouts, joining, type WantedRoom } from './whereabouts.ts';

export interface OpeningSession {
  readonly user: string;
  readonly takeover: boolean;
  /** The credential whose password was given, where the account was there before. */
  readonly credential?: string;
  /** The events that make the account, where it is being made. */
  readonly registration?: Part;
}

/**
 * Opens a session: SessionOpened and the RoomJoined of its rooms, expecting that neither the account
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
    const attempt = await prepare(chat, connection, opening);
    if (attempt instanceof Rejection) return rejected(attempt);
    // Nobody is there to use it.
    if (connection.isClosing) return undefined;
    const { held, parts, rooms, following } = attempt;
    const { user, session } = held;
    chat.fanOut.bind(session, connection);
    connection.state.beginOpening({ held, following });
    const outcome = await held.append(...parts);
    if (connection.held === held) return welcomed(chat, connection, outcome, rooms);
    // Whether its client has gone, or it was folded where nobody is told of anything since the log
    // was set back in the same moment.
    if (outcome.status === 'appended' || connection.isClosing)
      await endSession(chat, { user, session, reason: 'disconnected' });
    else chat.fanOut.unbind(session);
    connection.state.abandonOpening();
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
  outcome: ReadOutcome,
  rooms: readonly WantedRoom[],
): Promise<undefined> {
  const { held } = connection;
  if (held === undefined) return;
  // A room is in another partition, which could not be reached: it follows as soon as it can be.
  if (outcome.status !== 'appended') {
    const streams = rooms.map(({ room }) => roomStream(room));
    await findWhereabouts(chat, connection, held, streams, rooms);
  }
  await showInbox(chat, connection, held);
}

/** Called when the opening is folded: the session's user is here from this place in the log on. */
export function sessionOpened(chat: Chat, connection: Connection): void {
  const { opening } = connection.state;
  if (opening === undefined) return;
  const { held, following } = opening;
  rememberFollowing(chat.follower.view.followers, held.user, following);
  connection.authenticated(held);
  connection.outgoing.hold();
  connection.openedAt = chat.follower.cursors;
}

interface Attempt {
  readonly held: HeldSession;
  readonly parts: readonly Part[];
  readonly rooms: readonly WantedRoom[];
  readonly following: LoadedFollowing;
}

/** Reads and decides. */
async function prepare(
  chat: Chat,
  connection: Connection,
  { user, takeover, credential, registration }: OpeningSession,
): Promise<Attempt | Rejection> {
  const { events: store } = chat.stores;
  const held = new HeldSession(chat, newIdentity(user, connection.format.resumes));
  // The account last: a session that is open was opened by an account that is there to be seen.
  const current = await loadSession(store, user);
  const following = await loadFollowing(store, user);
  const kept = held.isResumable ? await keptRooms(chat, held) : { rooms: [lobbyRoom], parts: [] };
  const account = await loadAccount(store, user);
  // Whoever registered the name in the same moment may have a session already: not for us to tell.
  if (registration !== undefined && registration.expected !== account.revision)
    return new Rejection('NameTaken', user);
  if (account.state.status === 'suspended') return new Rejection('AccountSuspended', user);
  if (account.state.status === 'erased') return new Rejection('AccountErased', user);
  // A password is checked for a while, and may have been replaced meanwhile.
  const isReplaced = isKnown(account.state) && account.state.credential !== credential;
  if (credential !== undefined && isReplaced)
    return new Rejection('PasswordChangedMeanwhile', user);
  const opened = decideSession({ type: 'OpenSession', ...held.data, takeover }, current.state);
  if (opened instanceof Rejection) return opened;
  const unchanged = { stream: accountStream(user), expected: account.revision, events: [] };
  const parts: Part[] = [
    registration ?? unchanged,
    { stream: followingStream(user), expected: following.revision, events: [] },
    ...kept.parts,
    { stream: sessionStream(user), expected: current.revision, events: opened },
    ...kept.rooms.map((room) => joining(room, held)),
  ];
  return { held, parts, rooms: kept.rooms, following };
}

const lobbyRoom: WantedRoom = { room: lobby.canonical, name: lobby.shown };

/** The rooms that an account keeps; one that keeps none keeps the lobby from now on. */
async function keptRooms(
  chat: Chat,
  held: HeldSession,
): Promise<{ rooms: readonly WantedRoom[]; parts: readonly Part[] }> {
  const { user } = held;
  const loaded = await loadKeptRooms(chat.stores.events, user);
  held.keptRooms = loaded;
  const { state, revision: expected } = loaded;
  const lobbyKept = { type: 'KeepRoom', user, room: lobby.canonical } as const;
  const decided = state.size === 0 ? decideKeptRooms(lobbyKept, state) : [];
  if (decided instanceof Rejection) throw new Error(`The lobby was refused: ${decided.code}`);
  const events = withSum(user, loaded, decided);
  const parts = [{ stream: keptRoomsStream(user), expected, events }];
  if (state.size === 0) {
    held.newlyKept.add(lobby.canonical);
    return { rooms: [lobbyRoom], parts };
  }
  const rooms = [...state.keys()].map(async (room) => ({
    room,
    name: await shownName(chat, room, room),
  }));
  return { rooms: await Promise.all(rooms), parts };
}
