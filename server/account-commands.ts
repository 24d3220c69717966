import { isKnown } from '../core/account.ts';
import type { CommandOf } from '../core/command.ts';
import type { Actor } from '../core/event-store.ts';
import { decideFollowing, type FollowingCommand } from '../core/following.ts';
import { parsePassword } from '../core/password.ts';
import { Rejection } from '../core/rejection.ts';
import { followingStream } from '../core/stream.ts';
import { setPassword } from './accounts.ts';
import { loadAccount, loadFollowing } from './aggregate.ts';
import { appendError, type Part, rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { untilNoConflict } from './conflicts.ts';
import type { HeldSession } from './held-session.ts';
import { attemptPassword } from './password-attempt.ts';

export async function subscribe(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  target: string,
): Promise<void> {
  const { user } = held;
  const { state } = await loadAccount(chat.stores.events, target);
  const known = isKnown(state);
  return changeFollowing(chat, connection, held, { type: 'Subscribe', user, target, known });
}

export function unsubscribe(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  target: string,
): Promise<void> {
  const { user } = held;
  return changeFollowing(chat, connection, held, { type: 'Unsubscribe', user, target });
}

export function subscriptions(chat: Chat, connection: Connection, { user }: HeldSession): void {
  const targets = [...(chat.follower.view.followers.following.get(user)?.targets ?? [])];
  connection.tell({ kind: 'subscriptions', targets: targets.toSorted() });
}

export async function changePassword(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { old, next }: CommandOf<'changePassword'>,
): Promise<void> {
  const { user, actor } = held;
  const password = parsePassword(next);
  if (password === undefined) return connection.fail('InvalidPassword');
  const verified = await attemptPassword(chat, connection, user, old);
  if (connection.isClosing) return;
  if (verified === undefined) return connection.fail('WrongPassword');
  const { credential: replaces } = verified.account;
  const renewed = held.isResumable ? { ...held.data, resume: held.nextSecret() } : undefined;
  const change = { user, password, reason: 'changed', replaces, renewed } as const;
  // Through the session: nothing is changed for a client that has gone meanwhile.
  const { stores, hasher } = chat;
  const appender = { append: (_: Actor, parts: readonly Part[]) => held.append(...parts) };
  const failed = await setPassword({ stores, hasher, appender }, actor, change);
  if (failed !== undefined) connection.tell(failed);
}

/** What the view knows is as of earlier than the store: what came since is read before deciding. */
async function changeFollowing(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  command: FollowingCommand,
): Promise<void> {
  const { user } = held;
  let known = chat.follower.view.followers.following.get(user);
  const error = await untilNoConflict(async () => {
    const { targets, revision } = await loadFollowing(chat.stores.events, user, known);
    const events = decideFollowing(command, targets);
    if (events instanceof Rejection) return rejected(events);
    const part = { stream: followingStream(user), expected: revision, events };
    const outcome = await held.append(part);
    // It may be the log that was set back: nothing is known then.
    known = undefined;
    return outcome.status === 'conflict' ? 'conflict' : appendError(outcome);
  });
  if (error !== undefined) connection.tell(error);
}
