import type { SecureVersion } from 'node:tls';

import type { Logger } from 'pino';

import type { AddressRange } from '../adapters/address-range.ts';
import { listenForWeb, type WebListener } from '../adapters/http/web-listener.ts';
import { addWebSocketRoute } from '../adapters/websocket/web-socket-route.ts';
import { originOn } from '../adapters/listening-host.ts';
import { liveWebAddresses } from '../core/views/servers.ts';
import type { ChatServer } from './chat-server.ts';
import type { CountedMetrics } from './metrics-counted.ts';
import { MetricsPage } from './metrics-page.ts';
import { notReadyWords, Readiness } from './readiness.ts';
import { hashedStateOf } from './state-hash.ts';

/** Where a chat server meets browsers, and whoever looks after it. */
export interface WebPlan {
  /** 0 for any that is free. */
  readonly port: number;
  /** While `port` is taken, those after it are tried up to this one; `port` unless given. */
  readonly portMax?: number;
  /** The origin under which browsers reach it; by its host and port unless given. */
  readonly url?: string;
}

/** What is the same for all servers of a process. */
export interface WebOptions {
  /** The folder that holds the page. */
  readonly page: string;
  /** Origins whose pages may talk to the servers, beside their own. */
  readonly allowedOrigins: readonly string[];
  /** Who may read the metrics; this machine, unless given. */
  readonly metricsReaders?: readonly AddressRange[];
}

/** A web port that was taken for a chat server. */
export interface WebSide {
  readonly listener: WebListener;
  readonly origin: string;
  /** Answers for this server; to be called before the listener opens. */
  serve(server: ChatServer, metrics: CountedMetrics): void;
}

/**
 * Takes a web port for a chat server that is yet to be made: its start tells the log where it is.
 * @throws the system's error when the port cannot be had.
 */
export async function takeWebPort(
  { host, web }: { readonly host: string; readonly web: WebPlan },
  options: WebOptions,
  { tlsMin: minVersion, log }: { readonly tlsMin: SecureVersion; readonly log: Logger },
): Promise<WebSide> {
  let served: { server: ChatServer; readiness: Readiness; metrics: MetricsPage } | undefined;
  const listener = await listenForWeb({
    ...options,
    ...web,
    host,
    minVersion,
    log,
    addWebSocket: (fastify, visitors) =>
      addWebSocketRoute(fastify, {
        acceptor: () => served?.server.accept,
        isOriginAllowed: (_origin, request) => visitors.isWelcome(request),
        onAdmitted: ({ socket }) => visitors.admit(socket),
      }),
    servers: () =>
      served === undefined ? [] : liveWebAddresses(served.server.follower.view.servers),
    status: {
      async whyNotReady() {
        const reason = served === undefined ? 'starting' : await served.readiness.whyNot();
        return reason === undefined ? undefined : notReadyWords[reason];
      },
      metrics: async () => served?.metrics.text() ?? '',
      stateHash: () => (served === undefined ? undefined : stateHashOf(served.server)),
    },
  });
  return {
    listener,
    origin: web.url ?? originOn(host, listener.port),
    serve(server, metrics) {
      const readiness = new Readiness(server, () => metrics.refusal);
      served = { server, readiness, metrics: new MetricsPage(server, metrics, readiness) };
    },
  };
}

/** As `securechat replay --at POSITIONS --server NAME` tells it of the log. */
function stateHashOf({ options: { name }, follower }: ChatServer): string {
  const { hash } = hashedStateOf(follower.view, name);
  return JSON.stringify({ server: name, positions: follower.positions, sha256: hash });
}
