import type { CommandOf } from '../core/command.ts';
import { decideFollowing, type FollowingCommand } from '../core/following.ts';
import { parsePassword } from '../core/password.ts';
import { Rejection } from '../core/rejection.ts';
import { followingStream } from '../core/stream.ts';
import { setPassword, verifyPassword } from './accounts.ts';
import { loadAccount, loadFollowing } from './aggregate.ts';
import { appendError, rejected } from './appender.ts';
import { actorOf, type Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { Identity } from './run-command.ts';

export async function subscribe(
  chat: Chat,
  connection: Connection,
  identity: Identity,
  target: string,
): Promise<void> {
  const { user } = identity;
  const { state } = await loadAccount(chat.stores.events, target);
  const known = state.status !== 'none';
  return changeFollowing(chat, connection, identity, { type: 'Subscribe', user, target, known });
}

export function unsubscribe(
  chat: Chat,
  connection: Connection,
  identity: Identity,
  target: string,
): Promise<void> {
  const { user } = identity;
  return changeFollowing(chat, connection, identity, { type: 'Unsubscribe', user, target });
}

export function subscriptions(chat: Chat, connection: Connection, { user }: Identity): void {
  const targets = [...(chat.follower.view.followers.following.get(user) ?? [])];
  connection.tell({ kind: 'subscriptions', targets: targets.toSorted() });
}

export async function changePassword(
  chat: Chat,
  connection: Connection,
  { user, session }: Identity,
  { old, next }: CommandOf<'changePassword'>,
): Promise<void> {
  const password = parsePassword(next);
  if (password === undefined) return connection.fail('InvalidPassword');
  const delayMs = chat.throttle.delayMs(connection.address, user);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const verified = await verifyPassword(chat, user, old);
  if (verified === undefined) {
    chat.throttle.failed(connection.address, user);
    return connection.fail('WrongPassword');
  }
  const actor = actorOf(chat, user, session);
  const failed = await setPassword(chat, actor, {
    user,
    password,
    reason: 'changed',
    replaces: verified.account.credential,
  });
  if (failed !== undefined) connection.tell(failed);
}

/** Decides again when the subscriptions changed in between: their stream expects a revision. */
async function changeFollowing(
  chat: Chat,
  connection: Connection,
  { user, session }: Identity,
  command: FollowingCommand,
): Promise<void> {
  for (;;) {
    const { state, revision } = await loadFollowing(chat.stores.events, user);
    const events = decideFollowing(command, state);
    if (events instanceof Rejection) return connection.tell(rejected(events));
    const part = { stream: followingStream(user), expected: revision, events };
    const outcome = await chat.appender.append(actorOf(chat, user, session), [part]);
    if (outcome.status === 'conflict') continue;
    const error = appendError(outcome);
    if (error !== undefined) connection.tell(error);
    return;
  }
}
