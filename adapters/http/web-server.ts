import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';

import { fastify, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

import { plain } from './plain-answer.ts';

/** From its first byte, or the handshake, to its last: a request here is a few lines. */
export const requestMsMax = 10_000;
/** A browser asks for all of the page within this, and then talks by WebSocket. */
const keepAliveMs = 5_000;
/** Nothing moves on a connection for so long: its client has gone, or takes nothing. */
export const idleMsMax = 15_000;
const checkMs = 1_000;

export type WebServer = FastifyInstance<Server, IncomingMessage, ServerResponse>;

export interface WebServerOptions {
  readonly handshakeMs: number;
  readonly requestMs: number;
  /** Of WebSockets' connections the route of WebSockets takes care. */
  readonly idleMs: number;
  /** What every answer carries. */
  readonly headers: () => Record<string, string>;
  readonly log: Logger;
}

/** An HTTPS server without routes and without a port, which answers everything in words. */
export function createWebServer(options: WebServerOptions): WebServer {
  const { handshakeMs, requestMs, idleMs, headers, log } = options;
  const web = fastify({
    https: {
      handshakeTimeout: handshakeMs,
      headersTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
    },
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: idleMs,
    // What is under way when the server stops is answered as ever.
    return503OnClosing: false,
    // Its own would log addresses and URLs.
    logger: false,
    clientErrorHandler: (error, socket) => answerRaw(socket, error.code, headers()),
    frameworkErrors: (_error, _request, reply) => {
      void plain(reply.headers(headers()), 400, 'This address cannot be read.');
    },
  });
  web.addHook('onRequest', async ({ method }, reply) => {
    reply.headers(headers());
    if (method === 'GET' || method === 'HEAD') return;
    reply.header('allow', 'GET, HEAD').header('connection', 'close');
    return plain(reply, 405, 'Only GET and HEAD are answered here.');
  });
  web.addHook(
    'onResponse',
    async ({ method, routeOptions: { url } }, { statusCode, elapsedTime }) =>
      log.debug({ method, route: url, status: statusCode, ms: elapsedTime }, 'answered'),
  );
  web.setNotFoundHandler((_request, reply) =>
    plain(reply, 404, 'There is nothing at this address. The chat is at /.'),
  );
  web.setErrorHandler((error, { routeOptions: { url } }, reply) => {
    log.error({ err: error, route: url }, 'a web request failed');
    return plain(reply, 500, 'Something went wrong in the server. It has been logged.');
  });
  return web;
}

/** What is said to a client that does not speak HTTP, by Node's code for what is wrong. */
const complaints: Readonly<Record<string, readonly [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long.'],
};
const noHttp = ['400 Bad Request', 'This is no request that can be understood.'] as const;

/** Before there is a request there is no reply: the answer is written as it is. */
function answerRaw(
  socket: Socket,
  code: string | undefined,
  headers: Record<string, string>,
): void {
  const complaint =
    complaints[code ?? ''] ?? (code?.startsWith('HPE_') === true ? noHttp : undefined);
  // A reset, or TLS itself has failed: there is nobody to be told anything.
  if (complaint === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, words] = complaint;
  const lines = Object.entries({
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(`${words}\n`)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${words}\n`);
}
