/** Where a chat server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const defaultAddress: Address = { host: 'localhost', port: 1222 };

/**
 * Reads `HOST:PORT`, `HOST`, `PORT`, `[IPV6]:PORT` or `[IPV6]`; undefined when it is none of these.
 */
export function parseAddress(typed: string): Address | undefined {
  if (/^\d+$/.test(typed)) return withPort(defaultAddress.host, typed);
  const match = /^(?:\[([\da-f:.%\w]+)\]|([^\s:[\]/@]+))(?::(\d+))?$/i.exec(typed);
  if (match === null) return undefined;
  const [, ipv6, name, port = String(defaultAddress.port)] = match;
  return withPort(ipv6 ?? name ?? '', port);
}

/** The address as a person writes it. */
export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

function withPort(host: string, digits: string): Address | undefined {
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
