import type { PasswordHasher } from '../adapters/password-hasher.ts';
import {
  type AccountCommand,
  decideAccount,
  isKnown,
  type KnownAccount,
  type PasswordChanged,
  type UserErased,
} from '../core/account.ts';
import type { Answer } from '../core/answer.ts';
import type { Actor, EventStore } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import {
  decideSession,
  type SessionCommand,
  type SessionEnd,
  type SessionResumed,
} from '../core/session.ts';
import { accountStream, sessionStream } from '../core/stream.ts';
import type { Stores } from '../core/stores.ts';
import { loadAccount, loadSession } from './aggregate.ts';
import { appendError, type Appender, type Part, rejected } from './appender.ts';
import { untilNoConflict } from './conflicts.ts';
import { randomId } from './random-id.ts';

/** What account changes need: a chat server has it, and so has a tool. */
export interface AccountsContext {
  readonly stores: Stores;
  readonly hasher: PasswordHasher;
  readonly appender: Pick<Appender, 'append'>;
}

export interface VerifiedAccount {
  readonly account: KnownAccount;
  readonly hash: string;
}

/**
 * The account, when `password` is its password.
 * @param isWanted asked when its turn to be hashed has come
 * @throws {HasherBusy} when too much is waiting to be hashed
 * @throws {StoreUnreachable}
 */
export async function verifyPassword(
  { stores, hasher }: AccountsContext,
  user: string | undefined,
  password: string,
  isWanted: () => boolean,
): Promise<VerifiedAccount | undefined> {
  const account = user === undefined ? undefined : (await loadAccount(stores.events, user)).state;
  const known = account !== undefined && isKnown(account) ? account : undefined;
  const credential =
    known === undefined ? undefined : await stores.credentials.get(known.user, known.credential);
  const matches = await hasher.verify(credential?.hash, password.normalize('NFC'), isWanted);
  if (!matches || known === undefined || credential === undefined) return undefined;
  return { account: known, hash: credential.hash };
}

/** Stores a hash beside the log, for an event that is about to name it. Answers its id. */
export async function storeCredential(
  { stores, hasher }: AccountsContext,
  user: string,
  password: string,
): Promise<string> {
  const id = randomId();
  const hash = await hasher.hash(password);
  await stores.credentials.put({ id, user, hash, createdAt: Date.now() });
  return id;
}

/**
 * Gives an account another password, or the same one another hash. Whoever has found out what it
 * takes to resume its session has nothing by it afterwards: the session is over, or the one that asks
 * has another secret. Answers an error, or undefined.
 * @throws {HasherBusy}
 * @throws {StoreUnreachable}
 */
export async function setPassword(
  context: AccountsContext,
  actor: Actor,
  change: {
    readonly user: string;
    readonly password: string;
    readonly reason: PasswordChanged['data']['reason'];
    /** The credential that the old password was checked against, where one was. */
    readonly replaces?: string;
    /** The session that asks, with the hash of its next secret; where it has one. */
    readonly renewed?: SessionResumed['data'] | undefined;
  },
): Promise<Answer | undefined> {
  const { user, password, renewed, ...how } = change;
  const { events: store, credentials } = context.stores;
  const credential = await storeCredential(context, user, password);
  return untilNoConflict(async () => {
    const { state, revision } = await loadAccount(store, user);
    const events = decideAccount({ type: 'ChangePassword', user, credential, ...how }, state);
    if (events instanceof Rejection) {
      await credentials.remove(user, credential);
      return rejected(events);
    }
    const session = await sessionAfter(store, user, how.reason, renewed);
    if (session instanceof Rejection) {
      await credentials.remove(user, credential);
      return rejected(session);
    }
    // The session first: when the change is told, its client has another secret.
    const part = { stream: accountStream(user), expected: revision, events };
    const outcome = await context.appender.append(actor, [...session, part]);
    if (outcome.status === 'conflict') return 'conflict';
    // The sweep removes a credential of unknown fate: only the log says whether it counts.
    if (outcome.status !== 'appended') return appendError(outcome);
    if (events.length === 0) await credentials.remove(user, credential);
    else if (isKnown(state)) await credentials.remove(user, state.credential);
    return undefined;
  });
}

/** What another password does to the session of its account. */
async function sessionAfter(
  store: EventStore,
  user: string,
  reason: PasswordChanged['data']['reason'],
  renewed: SessionResumed['data'] | undefined,
): Promise<readonly Part[] | Rejection> {
  // Where nobody can come back, the session that asks is all there is.
  if (reason === 'rehash' || (reason === 'changed' && renewed === undefined)) return [];
  const { state, revision: expected } = await loadSession(store, user);
  const command: SessionCommand =
    renewed === undefined
      ? { type: 'CloseAnySession', user, reason: 'passwordReset' }
      : { type: 'RenewSession', ...renewed };
  const events = decideSession(command, state);
  if (events instanceof Rejection) return events;
  return [{ stream: sessionStream(user), expected, events }];
}

/** An account that is to be made. The password has been parsed, or is a demonstration's. */
export interface NewAccount {
  readonly user: string;
  readonly password: string;
}

/**
 * Makes an account. Answers an error, or undefined.
 * @throws {HasherBusy}
 * @throws {StoreUnreachable}
 */
export async function createAccount(
  context: AccountsContext,
  actor: Actor,
  { user, password }: NewAccount,
): Promise<Answer | undefined> {
  const { state, revision } = await loadAccount(context.stores.events, user);
  if (state.status !== 'none') return rejected(new Rejection('NameTaken', user));
  const credential = await storeCredential(context, user, password);
  const events = decideAccount({ type: 'RegisterAccount', user, credential }, state);
  if (events instanceof Rejection) return rejected(events);
  const part = { stream: accountStream(user), expected: revision, events };
  const outcome = await context.appender.append(actor, [part]);
  if (outcome.status !== 'conflict') return appendError(outcome);
  await context.stores.credentials.remove(user, credential);
  return rejected(new Rejection('NameTaken', user));
}

/**
 * Suspends an account and ends its session, in one commit; or lets it in again. Answers an error,
 * that it is so already, or undefined.
 * @throws {StoreUnreachable}
 */
export async function setSuspended(
  context: AccountsContext,
  actor: Actor,
  { user, suspended }: { readonly user: string; readonly suspended: boolean },
): Promise<Answer | 'already' | undefined> {
  const type = suspended ? 'SuspendAccount' : 'ReinstateAccount';
  return changeAccount(context, actor, { type, user }, suspended ? 'suspended' : undefined);
}

/**
 * Closes an account for ever and ends its session, in one commit. What remains of its text is to be
 * destroyed after it. Answers an error, or undefined; also for an account that was erased before.
 * @throws {StoreUnreachable}
 */
export async function closeForEver(
  context: AccountsContext,
  actor: Actor,
  erased: UserErased['data'],
): Promise<Answer | undefined> {
  const { user } = erased;
  const error = await changeAccount(context, actor, { type: 'EraseUser', ...erased }, 'erased');
  if (error !== undefined && error !== 'already') return error;
  const { credentials } = context.stores;
  for await (const { id, user: owner } of credentials.list())
    if (owner === user) await credentials.remove(user, id);
  return undefined;
}

async function changeAccount(
  { stores: { events: store }, appender }: AccountsContext,
  actor: Actor,
  change: AccountCommand,
  endsSession: SessionEnd | undefined,
): Promise<Answer | 'already' | undefined> {
  const { user } = change;
  return untilNoConflict(async () => {
    const account = await loadAccount(store, user);
    const changed = decideAccount(change, account.state);
    if (changed instanceof Rejection) return rejected(changed);
    const session = await loadSession(store, user);
    const closed =
      endsSession === undefined
        ? []
        : decideSession({ type: 'CloseAnySession', user, reason: endsSession }, session.state);
    if (closed instanceof Rejection) return rejected(closed);
    if (changed.length === 0 && closed.length === 0) return 'already';
    const outcome = await appender.append(actor, [
      { stream: accountStream(user), expected: account.revision, events: changed },
      { stream: sessionStream(user), expected: session.revision, events: closed },
    ]);
    return outcome.status === 'conflict' ? 'conflict' : appendError(outcome);
  });
}
