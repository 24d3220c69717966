import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Whether only programs on this machine can reach a server that listens on `host`. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Whether a server that listens on `host` can be reached by every address of its machine. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** What `localhost` stands for everywhere: it may well mean `::1` nowhere. */
const localhosts: readonly string[] = ['127.0.0.1', 'localhost'];

/** The origin of what is served over HTTPS on `host`, as far as this machine can tell. */
export function originOn(host: string, port: number): string {
  if (localhosts.includes(host)) return new URL(`https://localhost:${port}`).origin;
  const name = isWildcard(host) ? hostname() : host;
  return new URL(`https://${isIP(name) === 6 ? `[${name}]` : name}:${port}`).origin;
}
