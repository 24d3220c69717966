import { toldIfSlow } from '../told-if-slow.ts';
import { StoreUnreachable, StoreUnusable } from '../../core/event-store.ts';
import type { Address } from './address.ts';
import { pause } from './backoff.ts';
import { Connection } from './connection.ts';
import { clusterRefused } from './guards.ts';
import { metaKey } from './keys.ts';
import { asStoreError, ConnectionLost, RedisRefusal } from './refusal.ts';

/** A Redis that reads its files answers, but not to this; a large log takes it a while. */
const loadedWithinMs = 60_000;
const askAgainMs = 200;

/**
 * A connection to a Redis that is ready to be used.
 *
 * @param onWait told once, in a sentence, if it takes longer than a moment
 * @throws {StoreUnreachable | StoreUnusable} with one sentence that says what to do
 */
export async function firstConnection(
  address: Address,
  onWait: (words: string) => void = () => {},
): Promise<Connection> {
  const open = async (): Promise<Connection> => {
    const connection = await Connection.open(address);
    await loaded(connection);
    return connection;
  };
  try {
    return await toldIfSlow(open(), () =>
      onWait(`Waiting for the Redis at ${address.text}: it may still be reading its files …`),
    );
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

/** What nobody can have said who speaks at this place, TLS or not. */
const nobodyThere = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;

/** One that answered, and then did so no longer, while the rest was being opened. */
export function withWayOutOnceThere(error: unknown, { text }: Address): unknown {
  if (!(error instanceof ConnectionLost)) return asStoreError(error);
  return new StoreUnreachable(
    `The Redis at ${text} no longer answers (${reasonIn(error)}): see to it, or to the network, and start again.`,
  );
}

const reasonIn = ({ message }: ConnectionLost): string => message.replace(/^.*?: |\.$/g, '');

function withWayOut(error: unknown, { text, options }: Address): unknown {
  if (error instanceof ConnectionLost) {
    const why = reasonIn(error);
    const mayBeTls = options.tls === undefined && !nobodyThere.test(why);
    const tls = mayBeTls ? ' If it speaks TLS there, its address begins with rediss://.' : '';
    return new StoreUnreachable(
      `No Redis answers at ${text} (${why}); start it there, or give another address.${tls}`,
    );
  }
  if (!(error instanceof RedisRefusal)) return error;
  switch (error.code) {
    case 'NOAUTH':
      return new StoreUnusable(
        `The Redis at ${text} wants a password: put the address with it, as in ` +
          'redis://:password@host, into the environment variable REDIS_URL, or into a file that ' +
          'SECURECHAT_REDIS_FILE names.',
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
