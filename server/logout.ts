import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { tryEndSession } from './session-end.ts';

/** Ends the session and the connection. Without the store the session ends when it is back. */
export async function logOut(chat: Chat, connection: Connection): Promise<void> {
  const { held } = connection;
  if (held === undefined) {
    connection.tell({ kind: 'goodbye' });
    return connection.close('LoggedOut');
  }
  // While the session is open: after it the user may log in elsewhere and be shown all again.
  await held.marked();
  const { user, session } = held;
  const outcome = await tryEndSession(chat, { user, session, reason: 'logout' });
  // It is stored as soon as the store is back: that it is not would be no more true.
  if (outcome !== 'done') connection.fail('OutcomeUnknown');
  connection.close('LoggedOut');
}
