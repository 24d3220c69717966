import type { Answer } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { Cursor } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideSession } from '../core/session.ts';
import { accountStream, followingStream, sessionStream } from '../core/stream.ts';
import { rememberFollowing } from '../core/views/followers.ts';
import { roomsOf } from '../core/views/rooms.ts';
import { loadAccount, loadFollowing, loadSession } from './aggregate.ts';
import { appendError, rejected } from './appender.ts';
import { hasCaughtUp } from './caught-up.ts';
import type { Chat } from './chat.ts';
import { untilNoConflict } from './conflicts.ts';
import type { Connection } from './connection.ts';
import { cursorText, parseCursor } from './cursor.ts';
import { HeldSession } from './held-session.ts';
import { missedSince } from './missed.ts';
import { randomId } from './random-id.ts';
import { keptDelivery, unreadOf } from './session-inbox.ts';
import { describeOpenSession } from './session-state.ts';
import { type ParsedToken, parseToken } from './session-token.ts';

/**
 * Goes on with a session whose connection, or server, was lost: from the place in the log where
 * SessionResumed stands, everything reaches this connection; what came between the client's cursor
 * and that place is read and shown before it.
 */
export async function resumeSession(
  chat: Chat,
  connection: Connection,
  { token, cursor }: CommandOf<'resume'>,
): Promise<void> {
  const parsed = parseToken(token);
  if (parsed === undefined) return connection.fail('SessionOver');
  const after = parseCursor(cursor, chat.stores.events.info.partitions);
  if (after === undefined) return connection.fail('InvalidCursor');
  await connection.pace.takesCommand();
  const refused = await untilNoConflict(() => tryToResume(chat, connection, parsed, after));
  if (refused !== undefined) return connection.tell(refused);
  const { held } = connection;
  if (held === undefined) return;
  try {
    await showMissed(chat, connection, held, after);
  } catch (thrown) {
    chat.log.warn({ err: thrown }, 'what a session missed could not be read; it may come again');
    connection.disconnect('OutOfReach');
  }
}

const error = (code: ErrorCode): Answer => ({ kind: 'error', code, subject: '' });

async function tryToResume(
  chat: Chat,
  connection: Connection,
  token: ParsedToken,
  shown: readonly Cursor[],
): Promise<Answer | 'conflict' | undefined> {
  const { events: store } = chat.stores;
  const { user } = token;
  const held = new HeldSession(chat, token);
  const current = await loadSession(store, user);
  // First of all: whoever does not know the secret costs one read.
  const { resume } = token;
  const resumed = decideSession({ type: 'ResumeSession', ...held.data, resume }, current.state);
  if (resumed instanceof Rejection) return rejected(resumed);
  // What the client has been shown elsewhere would seem to be of another log.
  if (!(await hasCaughtUp(chat, shown))) return error('OutOfReach');
  const following = await loadFollowing(store, user);
  const account = await loadAccount(store, user);
  if (account.state.status === 'suspended') return error('AccountSuspended');
  if (account.state.status === 'erased') return error('AccountErased');
  if (connection.isClosing) return undefined;
  connection.state.beginOpening({ held, following });
  const cause = randomId();
  chat.fanOut.expect(cause, connection);
  const appending = held.appendAs(
    cause,
    { stream: accountStream(user), expected: account.revision, events: [] },
    { stream: followingStream(user), expected: following.revision, events: [] },
    { stream: sessionStream(user), expected: current.revision, events: resumed },
  );
  const outcome = await appending.finally(() => chat.fanOut.expectNoMore(cause));
  if (connection.held === held || connection.isClosing) return undefined;
  connection.state.abandonOpening();
  if (outcome.status === 'conflict') return 'conflict';
  return appendError(outcome) ?? error('SessionEnded');
}

/** Called when the resumption is folded: from this place in the log on the session is here. */
export function sessionResumed(chat: Chat, connection: Connection): void {
  const { opening } = connection.state;
  if (opening === undefined) return;
  const { held, following } = opening;
  const { view, cursors } = chat.follower;
  chat.fanOut.holder(held.session)?.cedeSession();
  chat.fanOut.bind(held.session, connection);
  rememberFollowing(view.followers, held.user, following);
  connection.authenticated(held);
  connection.outgoing.hold();
  connection.openedAt = cursors;
  for (const room of roomsOf(view.rooms, held.session)) held.shownFrom.set(room.room, room.number);
}

async function showMissed(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  after: readonly Cursor[],
): Promise<void> {
  const { outgoing, openedAt, format } = connection;
  const { deliveries, direct, gaps } = await missedSince(chat, held, after, openedAt);
  // What was kept from before, and never shown: to mark what came since would pass over it.
  const unread = await unreadOf(chat, connection, held);
  const state = await describeOpenSession(chat, held, { openedAt, unread });
  if (connection.isClosing) return;
  const missed = new Set(direct.map(({ id }) => id));
  const kept = (unread?.oldest ?? []).filter(({ id }) => !missed.has(id));
  outgoing.showFirst(gaps);
  outgoing.showFirst(kept.map((one) => keptDelivery(held, one)));
  outgoing.showFirst(deliveries);
  outgoing.sendFirst(format.cursor(cursorText(openedAt)));
  connection.answers.tellFirst(state);
  outgoing.release();
  if (unread !== undefined) held.marks.begin(unread, () => connection.confirm());
}
