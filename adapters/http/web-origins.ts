import { isIPv6 } from 'node:net';

/** What a request says of the page that it comes from, and of the server that it means. */
export interface OriginHeaders {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
}

/**
 * Whether a WebSocket may be opened by whoever sends these headers: by a page of the server that is
 * asked, of another server of the chat, or of an origin that the operator allows. A browser always
 * says which page it is; a program that says nothing has no page that could misuse a user's browser.
 */
export function isOriginAllowed(
  { origin, host }: OriginHeaders,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  return allowed.includes(origin) || (host !== undefined && origin === originOf(`https://${host}`));
}

/**
 * The origins under which browsers find a chat: those that its servers tell, and at their ports
 * every name that the certificate vouches for, such as 127.0.0.1 beside localhost.
 */
export function originsUnder(
  names: readonly string[],
  servers: readonly string[],
): readonly string[] {
  return servers.flatMap((server) => {
    const origin = originOf(server);
    if (origin === undefined) return [];
    const others = names.map((name) => {
      const address = new URL(origin);
      address.hostname = isIPv6(name) ? `[${name}]` : name;
      return address.origin;
    });
    return [origin, ...others];
  });
}

/** An origin, as browsers write it; undefined when the text is none, or more than one. */
export function parseOrigin(text: string): string | undefined {
  const origin = originOf(text);
  if (origin === undefined) return undefined;
  const { href } = new URL(text);
  return href === `${origin}/` ? origin : undefined;
}

function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
