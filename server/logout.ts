import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { markRead } from './inbox.ts';
import { tryEndSession } from './session-end.ts';

/** Ends the session and the connection. Without the store the session ends when it is back. */
export async function logOut(chat: Chat, connection: Connection): Promise<void> {
  const { identity } = connection;
  if (identity === undefined) {
    connection.tell({ kind: 'goodbye' });
    return connection.close();
  }
  // While the session is open: after it the user may log in elsewhere and be shown all again.
  await markRead(chat, connection.inboxMark, identity);
  const outcome = await tryEndSession(chat, { ...identity, reason: 'logout' });
  if (outcome !== 'done') connection.fail(outcome === 'unknown' ? 'OutcomeUnknown' : 'Unavailable');
  connection.close();
}
