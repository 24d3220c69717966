import type { RedisOptions } from 'ioredis';
import { StoreUnusable } from '../../core/event-store.ts';

/** Where a Redis is, and how to enter it. */
export interface Address {
  readonly options: Pick<RedisOptions, 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'>;
  /** To be shown: without user and password. */
  readonly text: string;
}

/** A certificate authority's certificates, in PEM, for a Redis whose own is not publicly known. */
export interface AddressOptions {
  readonly ca?: string | Buffer;
}

const form = 'redis://[user:password@]host[:port][/database], or rediss:// for TLS';

/**
 * @param url as in REDIS_URL; what stands in it is never repeated in an error
 * @throws {StoreUnusable} when it is no address of a Redis
 */
export function parseAddress(url: string, { ca }: AddressOptions = {}): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const database = /^\/?(\d{0,5})$/.exec(parsed?.pathname ?? '')?.[1];
  const isRedis = parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:';
  if (parsed === undefined || !isRedis || parsed.hostname === '' || database === undefined) {
    throw new StoreUnusable(`The address given is not one of a Redis. It is to be ${form}.`);
  }
  const { protocol, hostname, port, username, password } = parsed;
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = {
    host,
    port: port === '' ? 6379 : Number(port),
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
    db: Number(database),
    ...(protocol === 'rediss:' ? { tls: ca === undefined ? {} : { ca } } : {}),
  };
  const path = options.db === 0 ? '' : `/${options.db}`;
  return { options, text: `${protocol}//${hostname}:${options.port}${path}` };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new StoreUnusable('In the address of the Redis, write % as %25 in user and password.');
  }
}
