const yearSeconds = 31_536_000;

export interface SecurityOptions {
  /** Origins whose WebSockets the page may open, beside its own. */
  readonly servers: readonly string[];
  /**
   * Whether browsers are to insist on HTTPS from now on. Not with a certificate of a development
   * authority: `localhost` is shared by everything that is developed on a machine.
   */
  readonly hsts: boolean;
}

/**
 * What every answer carries. The page loads its own scripts and styles and nothing else, is in
 * nobody's frame, and can send nothing to anybody but the chat's servers.
 */
export function securityHeaders({ servers, hsts }: SecurityOptions): Record<string, string> {
  const headers: Record<string, string> = {
    'content-security-policy': contentPolicy(servers),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
  if (hsts) headers['strict-transport-security'] = `max-age=${yearSeconds}`;
  return headers;
}

function contentPolicy(servers: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...servers.flatMap(webSocketSource)].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** An address comes out of the log: what is no origin does not get into a header. */
function webSocketSource(server: string): readonly string[] {
  if (!URL.canParse(server)) return [];
  const { protocol, host } = new URL(server);
  return protocol === 'https:' && host !== '' ? [`wss://${host}`] : [];
}
