import type { ChatClient } from '../support/chat-client.ts';
import { until } from '../support/until.ts';

/** What the server says, as clients match it: typed here again, not taken from the server's code. */
export const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

export const welcome = (user: string): string => `SUCCESS: Welcome ${user}. You are in lobby.`;

/** What somebody hears who logs in with a right password while their user has a session. */
export const elsewhere: readonly string[] = [
  'ERROR: User already logged in elsewhere.',
  greeting,
  'To end the other session: LOGIN <user> <pass> TAKEOVER',
];

const demoPasswords: Readonly<Record<string, string>> = {
  alice: 'password123',
  bob: 'letmein',
  dave: '123456',
  eve: 'qwerty',
};

/** What a client types to log in with a demonstration account. */
export const loginOf = (user: string): string => `LOGIN ${user} ${demoPasswords[user] ?? ''}`;

/** Tries to log in until it is welcome; answers the client. */
export async function loggedInAtLast(
  client: ChatClient,
  user: string,
  withinMs: number,
): Promise<ChatClient> {
  const tries = async (): Promise<boolean> => {
    client.send(loginOf(user));
    const { line } = await client.seesMatching(/^(SUCCESS|ERROR): /);
    return line === welcome(user);
  };
  await until(tries, { what: `${user} to be let in`, withinMs });
  return client;
}
