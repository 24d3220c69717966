import type { ChatClient, ClientOptions } from './chat-client.ts';
import { ResumingClient } from './resuming-client.ts';

/**
 * Begins to connect: with what `saved` holds to go on with that session, else to a greeting. Tries
 * for as long as nobody closes it.
 * @throws {RangeError} without an address to connect to
 * @throws {TypeError} for what is no address
 */
export function connect(options: ClientOptions): ChatClient {
  return new ResumingClient(options);
}
