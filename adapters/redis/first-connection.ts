import { StoreUnreachable, StoreUnusable } from '../../core/event-store.ts';
import type { Address } from './address.ts';
import { pause } from './backoff.ts';
import { Connection } from './connection.ts';
import { clusterRefused } from './guards.ts';
import { metaKey } from './keys.ts';
import { ConnectionLost, RedisRefusal } from './refusal.ts';

/** A Redis that reads its files answers, but not to this; a large log takes it a while. */
const loadedWithinMs = 60_000;
const askAgainMs = 200;

/**
 * A connection to a Redis that is ready to be used.
 *
 * @throws {StoreUnreachable | StoreUnusable} with one sentence that says what to do
 */
export async function firstConnection(address: Address): Promise<Connection> {
  try {
    const connection = await Connection.open(address);
    await loaded(connection);
    return connection;
  } catch (error) {
    throw withWayOut(error, address);
  }
}

async function loaded(connection: Connection): Promise<void> {
  const endsAt = performance.now() + loadedWithinMs;
  const { signal } = new AbortController();
  for (;;) {
    try {
      await connection.callWithin(loadedWithinMs, 'EXISTS', metaKey);
      return;
    } catch (error) {
      const isLoading = error instanceof RedisRefusal && error.code === 'LOADING';
      if (!isLoading || performance.now() >= endsAt) {
        connection.drop('it is not needed any more');
        throw error;
      }
    }
    await pause(askAgainMs, signal);
  }
}

function withWayOut(error: unknown, { text }: Address): unknown {
  if (error instanceof ConnectionLost) {
    const why = error.message.replace(/^.*?: |\.$/g, '');
    return new StoreUnreachable(
      `No Redis answers at ${text} (${why}); start it there, or give another address.`,
    );
  }
  if (!(error instanceof RedisRefusal)) return error;
  switch (error.code) {
    case 'NOAUTH':
      return new StoreUnusable(
        `The Redis at ${text} wants a password; put it into the address, as in ` +
          'redis://:password@host.',
      );
    case 'WRONGPASS':
      return new StoreUnusable(`The Redis at ${text} does not accept this user and password.`);
    case 'LOADING':
      return new StoreUnreachable(`The Redis at ${text} is still reading its files; try later.`);
    case 'CLUSTERDOWN':
    case 'MOVED':
      return new StoreUnusable(clusterRefused);
    default:
      return new StoreUnusable(`The Redis at ${text} cannot be used: ${error.message}.`);
  }
}
