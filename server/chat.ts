import type { Logger } from 'pino';

import type { PasswordHasher } from '../adapters/password-hasher.ts';
import type { Actor } from '../core/event-store.ts';
import type { Stores } from '../core/stores.ts';
import type { Appender } from './appender.ts';
import type { Connection } from './connection.ts';
import type { FanOut } from './fan-out.ts';
import type { LogFollower } from './log-follower.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Metrics } from './metrics.ts';

/** What is decided before a chat server starts. */
export interface ChatOptions {
  /** The server's name in the cluster. */
  readonly name: string;
  readonly registrationOpen: boolean;
  /** At most so many messages a second from one user. */
  readonly messagesPerSecond: number;
  /** …and no faster than so many other commands; `commandsPerSecondMax` unless given. */
  readonly commandsPerSecond?: number;
  /** How long a session waits for its client to come back; `detachedMsMax` unless given. */
  readonly detachedMs?: number;
  /** How long a client may take to log in; `loginMsMax` unless given. */
  readonly loginMs?: number;
  /** How much longer where it is kept waiting; `loginHeldMsMax` unless given. */
  readonly loginHeldMs?: number;
  /** Called when a user was erased: what they wrote is not to be left in memory. */
  readonly onErased?: (connections: Iterable<Connection>) => void;
  /** The origin under which browsers reach this server, if they do. */
  readonly web?: string;
}

/** Whether a chat server takes part in the chat; `restarting` when it was declared lost. */
export type ServerStatus = 'starting' | 'serving' | 'restarting' | 'stopped';

/** What the commands of one chat server work with. */
export interface Chat {
  readonly options: ChatOptions;
  readonly stores: Stores;
  readonly follower: LogFollower;
  readonly fanOut: FanOut;
  readonly appender: Appender;
  readonly hasher: PasswordHasher;
  readonly throttle: LoginThrottle;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Of this server, as it runs now; it changes when the server was declared lost. */
  readonly incarnation: number;
  /** All sessions of this server end at once, by one event: none is to be ended by itself. */
  readonly isEnding: boolean;
}

/** Who causes the events of a session of this server. */
export const actorOf = ({ options, incarnation }: Chat, user: string, session: string): Actor => ({
  user,
  session,
  server: options.name,
  incarnation,
});
