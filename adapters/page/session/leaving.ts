import type { ChatClient } from '../../websocket-client/chat-client.ts';
import { connect } from '../../websocket-client/connect.ts';
import type { SavedSession } from '../../websocket-client/saved-session.ts';

/** Goes on with a session that is kept nowhere any more, for as long as the page is there. */
export function connectUnkept(session: SavedSession | undefined): ChatClient {
  const saved = { load: () => session, save: () => undefined, clear: () => undefined };
  return connect({ urls: [location.origin], saved });
}

/** Ends the client's session as soon as the server can be reached, and closes the client. */
export async function leave(client: ChatClient): Promise<void> {
  try {
    await client.request({ type: 'logout' });
  } catch {
    // Whoever left cannot try it again: the session expires.
  } finally {
    client.close();
  }
}
