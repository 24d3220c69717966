import type { Chat } from './chat.ts';
import { failureOf } from './failure-words.ts';

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

/** Ends the session; what is kept in this tab is forgotten when the server has said so. */
export async function logOut(chat: Chat): Promise<void> {
  try {
    await chat.client.request({ type: 'logout' });
  } catch (error) {
    chat.dispatch({ type: 'noticed', words: `Not logged out. ${failureOf(error).words}` });
  }
}

/** @throws what was refused */
export async function changePassword(chat: Chat, old: string, next: string): Promise<void> {
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
