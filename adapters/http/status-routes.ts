import type { FastifyRequest } from 'fastify';

import { type AddressRange, isInRange } from '../address-range.ts';
import { plain } from './plain-answer.ts';
import type { WebServer } from './web-server.ts';

/** What a chat server says of itself. */
export interface ServerStatus {
  /** Why it cannot both append and read now, in words; undefined when it can. */
  whyNotReady(): Promise<string | undefined>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Where in the log the server is, and the hash of its state there, in JSON; undefined before. */
  stateHash(): string | undefined;
}

/** Prometheus's text format. */
const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
/** A proxy names its own client in one of these. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'via'] as const;

/**
 * Whether the process is alive (`/healthz`), whether it is of use (`/readyz`), what it counts
 * (`/metrics`) and a hash of what it knows (`/state-hash`): the last two only for `metricsReaders`,
 * since they tell how the chat is doing, and cost something.
 */
export function addStatusRoutes(
  web: WebServer,
  status: ServerStatus,
  metricsReaders: readonly AddressRange[],
): void {
  web.get('/healthz', (_request, reply) => plain(reply, 200, 'ok'));
  web.get('/readyz', async (_request, reply) => {
    const reason = await status.whyNotReady();
    return reason === undefined ? plain(reply, 200, 'ready') : plain(reply, 503, reason);
  });
  web.get('/metrics', async (request, reply) => {
    if (!mayRead(request, metricsReaders)) return plain(reply, 403, notForYou);
    const metrics = await status.metrics();
    return reply.header('cache-control', 'no-store').type(metricsType).send(metrics);
  });
  web.get('/state-hash', (request, reply) => {
    if (!mayRead(request, metricsReaders)) return plain(reply, 403, notForYou);
    const state = status.stateHash();
    if (state === undefined) return plain(reply, 503, 'starting');
    return reply.header('cache-control', 'no-store').type('application/json').send(state);
  });
}

const notForYou =
  'Metrics are for this machine only. The server can be told who else may read them: serve --metrics-from.';

/** A proxy on this machine would make everybody local, so what comes through one does not count. */
const mayRead = ({ headers, socket }: FastifyRequest, readers: readonly AddressRange[]): boolean =>
  proxyHeaders.every((name) => headers[name] === undefined) &&
  isInRange(socket.remoteAddress, readers);
