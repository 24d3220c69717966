import type { ChatClient, ClientOptions } from './chat-client.ts';

/**
 * Begins to connect: with what `saved` holds to go on with that session, else to a greeting. Tries
 * for as long as the client is not closed.
 */
export function connect(_options: ClientOptions): ChatClient {
  throw new Error('Not there yet.');
}
