import { type VerifiedAccount, verifyPassword } from './accounts.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';

/**
 * One client's attempt at an account's password, as late as earlier failures make it. Answers the
 * account if it was right; undefined if it was wrong, or if nobody is there any more to know.
 * @param typed the name that was asked for, also where no account can have it
 * @throws {HasherBusy} when too much is waiting to be hashed
 * @throws {StoreUnreachable}
 */
export async function attemptPassword(
  chat: Chat,
  connection: Connection,
  user: string | undefined,
  password: string,
  typed = user ?? '',
): Promise<VerifiedAccount | undefined> {
  // A name that no account can have costs what a wrong password costs, and tells no more.
  const name = user ?? typed.slice(0, 64).toLowerCase();
  const isWanted = (): boolean => !connection.isClosing;
  const attempt = chat.throttle.begin(connection.address, name);
  try {
    await new Promise((resolve) => setTimeout(resolve, attempt.delayMs));
    if (!isWanted()) return undefined;
    const verified = await chat.hasher.shared(connection.address, () =>
      verifyPassword(chat, user, password, isWanted),
    );
    // Whoever has gone learns nothing, and so has not failed.
    if (isWanted()) attempt.end(verified === undefined ? 'failed' : 'succeeded');
    return verified;
  } finally {
    attempt.end('abandoned');
  }
}
