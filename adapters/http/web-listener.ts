import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecureVersion } from 'node:tls';

import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { type AddressRange, loopbackRanges } from '../address-range.ts';
import type { Peer } from '../strangers.ts';
import { errorWords } from '../../core/error-catalogue.ts';
import { namesOf } from '../tls/certificate-names.ts';
import { isDevelopmentCertificate } from '../tls/development-authority.ts';
import { handshakeMsMax, type TlsCertificate, TlsDoor } from '../tls/tls-door.ts';
import { plain } from './plain-answer.ts';
import { addPageRoute } from './page-route.ts';
import { readPageFiles } from './page-files.ts';
import { securityHeaders } from './security-headers.ts';
import { addStatusRoutes, type ServerStatus } from './status-routes.ts';
import { isOriginAllowed, originsUnder } from './web-origins.ts';
import { createWebServer, idleMsMax, requestMsMax, type WebServer } from './web-server.ts';

/** Strangers log in, or are cut off, within a minute, and most much sooner. */
const retryAfterSeconds = 10;
/** Answers that are under way when the server stops get this long: a person waits for that. */
const stopMsMax = 300;

export interface WebListenerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** While `port` is taken, those after it are tried up to this one; `port` unless given. */
  readonly portMax?: number;
  readonly minVersion: SecureVersion;
  /** `handshakeMsMax` unless given. */
  readonly handshakeMs?: number;
  /** `requestMsMax` unless given. */
  readonly requestMs?: number;
  /** `idleMsMax` unless given. */
  readonly idleMs?: number;
  /** The folder that holds the page. */
  readonly page: string;
  readonly status: ServerStatus;
  /** Who may read the metrics; this machine, unless given. */
  readonly metricsReaders?: readonly AddressRange[];
  /** Where browsers reach the chat's servers that live: origins. */
  readonly servers: () => readonly string[];
  /** Other origins whose pages may talk to this server by WebSocket. */
  readonly allowedOrigins: readonly string[];
  /** Adds the route of WebSockets. */
  readonly addWebSocket?: (web: WebServer, visitors: WebVisitors) => Promise<void>;
  readonly log: Logger;
}

/** What the route of WebSockets has to know of those who come. */
export interface WebVisitors {
  /** Whether the page that a request comes from may talk to this server. */
  isWelcome(request: FastifyRequest): boolean;
  /** The client on this connection has logged in: it no longer counts as a stranger. */
  admit(peer: Peer): void;
}

export interface WebListener {
  readonly port: number;
  /** Takes connections from now on; until then they are cut off. */
  open(certificate: TlsCertificate): void;
  /** Takes no more connections, and cuts off those in their handshake; all others stay. */
  close(): void;
  /** Ends the connections that are left; what is under way gets a moment to be answered. */
  stop(): Promise<void>;
}

/**
 * Takes a port for the page, its WebSockets and what operators ask for, over TLS. A peer that does
 * not speak TLS is cut off without a byte.
 * @throws the system's error (`EADDRINUSE`, `EACCES`, …) when the port cannot be had.
 */
export async function listenForWeb(options: WebListenerOptions): Promise<WebListener> {
  const { minVersion, servers, log } = options;
  const { handshakeMs = handshakeMsMax, requestMs = requestMsMax, idleMs = idleMsMax } = options;
  let hsts = false;
  let names: readonly string[] = [];
  const headers = (): Record<string, string> => securityHeaders({ servers: servers(), hsts });
  const web = createWebServer({ handshakeMs, requestMs, idleMs, headers, log });
  const { server } = web;
  const door = new TlsDoor(server, minVersion);
  web.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    if (!door.turnsAway(socket)) return;
    reply.header('connection', 'close').header('retry-after', String(retryAfterSeconds));
    return plain(reply, 503, errorWords('TooManyConnections', ''));
  });
  await options.addWebSocket?.(web, {
    isWelcome: ({ headers: sent }) =>
      isOriginAllowed(sent, [...originsUnder(names, servers()), ...options.allowedOrigins]),
    admit: (peer) => door.admit(peer),
  });
  addStatusRoutes(web, options.status, options.metricsReaders ?? loopbackRanges);
  addPageRoute(web, readPageFiles(options.page));
  await web.ready();
  const port = await takePort(server, options);
  // A connection that could not be accepted (no file descriptors left, say): the others go on.
  server.on('error', () => {});
  const over = new Promise((resolve) => server.once('close', resolve));
  const close = (): void => {
    door.close();
    server.close();
  };
  return {
    port,
    close,
    open(certificate) {
      names = namesOf(new X509Certificate(certificate.cert));
      hsts = !isDevelopmentCertificate(certificate.cert);
      door.open(certificate);
    },
    async stop() {
      close();
      await Promise.race([over, sleep(stopMsMax, undefined, { ref: false })]);
      server.closeAllConnections();
      await web.close();
    },
  };
}

/** Fastify's own `listen` would take several addresses for `localhost`, and not guard them all. */
async function takePort(
  server: WebServer['server'],
  { host, port, portMax = port }: Pick<WebListenerOptions, 'host' | 'port' | 'portMax'>,
): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (!isTaken || port >= portMax) throw error;
    return takePort(server, { host, port: port + 1, portMax });
  }
}
