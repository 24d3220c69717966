import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { tryEndSession } from './session-end.ts';

/** Ends the session and the connection. Without the store the session ends when it is back. */
export async function logOut(chat: Chat, connection: Connection): Promise<void> {
  const { identity } = connection;
  if (identity === undefined) {
    connection.tell({ kind: 'goodbye' });
    return connection.close();
  }
  const outcome = await tryEndSession(chat, { ...identity, reason: 'logout' });
  if (outcome !== 'done') connection.fail('Unavailable');
  connection.close();
}
