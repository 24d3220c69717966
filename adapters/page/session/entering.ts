import type { Chat } from './chat.ts';
import { failureOf } from './failure-words.ts';
import { needConnection } from './need-connection.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Logs in. `takeover` ends a session that is open elsewhere. What is refused is in the state. */
export async function logIn(
  chat: Chat,
  { user, password }: Credentials,
  takeover: boolean,
): Promise<void> {
  await enter(chat, user, () =>
    chat.client.request({ type: 'login', user, password, ...(takeover ? { takeover } : {}) }),
  );
}

export async function register(chat: Chat, { user, password }: Credentials): Promise<void> {
  await enter(chat, user, () => chat.client.request({ type: 'register', user, password }));
}

/** @throws what was refused */
export async function changePassword(chat: Chat, old: string, next: string): Promise<void> {
  needConnection(chat);
  await chat.client.request({ type: 'password', old, next });
}

/**
 * Goes on here with what was taken elsewhere: without a password if another tab has the session,
 * else by the form.
 */
export async function goOnHere(chat: Chat): Promise<void> {
  const isTaken = await chat.takeFromOtherTab();
  if (!isTaken) chat.dispatch({ type: 'returning' });
}

async function enter(chat: Chat, user: string, request: () => Promise<unknown>): Promise<void> {
  chat.dispatch({ type: 'entering', user: user.toLowerCase() });
  chat.isEntering = true;
  try {
    await request();
  } catch (error) {
    chat.isEntering = false;
    chat.dispatch({ type: 'notEntered', ...failureOf(error) });
  }
}
