import { HasherBusy } from '../adapters/password-hasher.ts';
import { decideAccount, isKnown, type KnownAccount } from '../core/account.ts';
import type { Answer } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import { StoreUnreachable } from '../core/event-store.ts';
import { isReservedName, parseUserName } from '../core/names.ts';
import { parsePassword } from '../core/password.ts';
import { Rejection } from '../core/rejection.ts';
import { accountStream } from '../core/stream.ts';
import { cleanText } from '../core/text.ts';
import { setPassword, storeCredential } from './accounts.ts';
import { loadAccount } from './aggregate.ts';
import { rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { attemptPassword } from './password-attempt.ts';
import { openSession } from './session-start.ts';

/** A password that was right may have been replaced, or hashed anew, while it was checked: once again. */
const attemptsMax = 2;

/** Checks the password and opens a session. Whatever fails, the client may try again. */
export async function logIn(
  chat: Chat,
  connection: Connection,
  { user: typed, password, takeover }: CommandOf<'login'>,
): Promise<void> {
  await answering(connection, async () => {
    const user = parseUserName(typed);
    let error: Answer | undefined;
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const verified = await attemptPassword(chat, connection, user, password, typed);
      if (verified === undefined) return failure('InvalidCredentials');
      const { account, hash } = verified;
      if (account.status === 'suspended') return failure('AccountSuspended');
      const { user: name, credential } = account;
      error = await openSession(chat, connection, { user: name, takeover, credential });
      if (connection.held !== undefined && chat.hasher.needsRehash(hash))
        await rehash(chat, account, password);
      if (error?.kind !== 'error' || error.code !== 'PasswordChangedMeanwhile') break;
    }
    return error;
  });
}

/** Makes an account and opens its first session, in one commit. */
export async function register(
  chat: Chat,
  connection: Connection,
  { user: typedUser, password: typedPassword }: CommandOf<'register'>,
): Promise<void> {
  await answering(connection, async () => {
    if (!chat.options.registrationOpen) return failure('RegistrationClosed');
    const user = parseUserName(typedUser);
    if (user === undefined) return invalidUserName(typedUser);
    const password = parsePassword(typedPassword);
    if (password === undefined) return failure('InvalidPassword');
    const { state, revision } = await loadAccount(chat.stores.events, user);
    if (state.status !== 'none') return failure('NameTaken', user);
    const credential = await chat.hasher.shared(connection.address, () =>
      storeCredential(chat, user, password),
    );
    const registered = decideAccount({ type: 'RegisterAccount', user, credential }, state);
    if (registered instanceof Rejection) return rejected(registered);
    const account = { stream: accountStream(user), expected: revision, events: registered };
    const opening = { user, takeover: false, registration: account };
    const error = await openSession(chat, connection, opening);
    const { state: after } = await loadAccount(chat.stores.events, user);
    const isOurs = isKnown(after) && after.credential === credential;
    // One of unknown fate is left to the sweep: the account may yet appear.
    const isUnknown = error?.kind === 'error' && error.code === 'OutcomeUnknown';
    if (!isOurs && !isUnknown) await chat.stores.credentials.remove(user, credential);
    return error;
  });
}

/** Tells the error that `work` ends with, if any, and what to do next. */
async function answering(
  connection: Connection,
  work: () => Promise<Answer | undefined>,
): Promise<void> {
  const error = await work().catch(failureOf);
  // There was nothing to store: nobody has said anything yet.
  if (error?.kind === 'error' && error.code === 'Unavailable') connection.fail('OutOfReach');
  else if (error !== undefined) connection.tell(error);
  if (connection.held !== undefined) return;
  connection.tell({ kind: 'authRequired' });
  if (error?.kind === 'error' && error.code === 'AlreadyLoggedIn')
    connection.tell({ kind: 'takeoverHint' });
}

/** What may go wrong in a command without anybody's fault. */
export function failureOf(error: unknown): Answer {
  if (error instanceof HasherBusy) return failure('Busy', String(error.retryAfterSeconds));
  if (error instanceof StoreUnreachable) return failure('OutOfReach');
  throw error;
}

const invalidUserName = (typed: string): Answer =>
  failure(
    isReservedName(typed) ? 'ReservedName' : 'InvalidUserName',
    cleanText(typed, { lines: false }).slice(0, 60),
  );

const failure = (code: ErrorCode, subject = ''): Answer => ({ kind: 'error', code, subject });

async function rehash(
  chat: Chat,
  { user, credential: replaces }: KnownAccount,
  password: string,
): Promise<void> {
  const { name: server } = chat.options;
  const actor = { server, incarnation: chat.incarnation };
  const change = { user, password: password.normalize('NFC'), replaces };
  // The login has succeeded, whatever becomes of this.
  const failed = await setPassword(chat, actor, { ...change, reason: 'rehash' }).catch(failureOf);
  if (failed !== undefined) chat.log.warn('a rehash was not stored');
}
