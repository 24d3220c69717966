import type { OkOf } from '../websocket/server-frames.ts';
import type { ClientEvent } from './client-event.ts';
import type { RequestOf, RequestType } from './client-request.ts';
import type { OpenSocket } from './client-socket.ts';
import type { ClientState } from './client-state.ts';
import type { Clock } from './clock.ts';
import type { SavedSessionStore } from './saved-session.ts';

export interface ClientOptions {
  /** Where to connect: `wss://HOST:8443/ws`, or an origin, `https://HOST:8443`. */
  readonly urls: readonly string[];
  readonly saved?: SavedSessionStore;
  readonly openSocket?: OpenSocket;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly clock?: Clock;
}

/**
 * A connection to the chat that comes back by itself.
 *
 * 1. What it hears it gives to each listener once, in the order of each room, across any number of
 *    connections; what is missing is told (`gap`, `hole`).
 * 2. A request waits until it can be sent: `login` and `register` for a connection, all others for
 *    a session.
 * 3. `say` and `direct` are sent again after a loss, in order and under the same number: they are
 *    stored once. So are requests that only read, marks and `logout`; any other that was under way
 *    rejects with `Unknown`.
 * 4. The token is in no address and no message of an error.
 */
export interface ChatClient {
  readonly state: ClientState;
  /** Rejects with `Refused`, `Unknown` or `NotSent`. */
  request<T extends RequestType>(request: { readonly type: T } & RequestOf<T>): Promise<OkOf<T>>;
  /** Returns what ends it. */
  onFrame(listener: (event: ClientEvent) => void): () => void;
  /** Hears the state that holds now, at once, and each after it. Returns what ends it. */
  onState(listener: (state: ClientState) => void): () => void;
  /** While reconnecting: tries now instead of at `retryAtMs`. */
  retry(): void;
  /** Closes the connection for good. The session is not ended: it waits to be resumed. */
  close(): void;
}
