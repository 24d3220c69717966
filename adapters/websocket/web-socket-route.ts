import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { closeCodes } from '../../core/close-code.ts';
import { frameBytesMax } from '../../core/limits.ts';
import type { LinkAcceptor } from '../client-link.ts';
import { plain } from '../http/plain-answer.ts';
import { networkOf } from '../network.ts';
import { isUnreadable } from './unreadable.ts';
import { WebSocketLink } from './web-socket-link.ts';

const webSocketPath = '/ws';
const webSocketProtocol = 'securechat.v1';
const pingMs = 30_000;
const stallCheckMs = 1_000;

export interface WebSocketRouteOptions {
  /** Undefined while the server does not take clients yet, or any more. */
  readonly acceptor: () => LinkAcceptor | undefined;
  /** Whether a page of this origin may connect; `undefined` for a program, which has none. */
  readonly isOriginAllowed: (origin: string | undefined, request: FastifyRequest) => boolean;
  /** A connection has logged in. */
  readonly onAdmitted?: (request: FastifyRequest) => void;
}

const notWelcome =
  'Pages of this origin may not talk to this server. It can be told that they may: serve --allowed-origin.';

const inAddress = 'Nothing may follow this address: credentials and tokens go into frames.';
const unspoken = `This is for WebSockets, which have to offer the subprotocol ${webSocketProtocol}.`;

const offers = (protocols = ''): boolean =>
  protocols.split(',').some((protocol) => protocol.trim() === webSocketProtocol);

/** Takes WebSocket clients at `/ws`; whoever may not, or cannot, talk there is told in HTTP. */
export async function addWebSocketRoute(
  fastify: FastifyInstance,
  { acceptor, isOriginAllowed, onAdmitted }: WebSocketRouteOptions,
): Promise<void> {
  const links = new Set<WebSocketLink>();
  await fastify.register(websocket, {
    options: {
      maxPayload: frameBytesMax,
      // Compressed secrets beside chosen text leak (CRIME, BREACH); and it takes memory.
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols: (offered: ReadonlySet<string>) =>
        offered.has(webSocketProtocol) ? webSocketProtocol : false,
    },
    // A link closes what it cannot read, in words.
    errorHandler: (error, webSocket) => {
      if (!isUnreadable(error)) webSocket.terminate();
    },
    // Sessions are told why by the chat server, before.
    preClose: (done: () => void) => done(),
  });
  // Before the upgrade: who is not welcome gets no connection to say anything on.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!isOriginAllowed(request.headers.origin, request)) await plain(reply, 403, notWelcome);
    // Addresses are kept in logs and histories: whoever puts a secret there has to notice.
    else if (request.url.includes('?')) await plain(reply, 400, inAddress);
    else if (!offers(request.headers['sec-websocket-protocol'])) await plain(reply, 400, unspoken);
  };
  fastify.get(webSocketPath, { websocket: true, onRequest }, (webSocket, request) => {
    const accept = acceptor();
    if (accept === undefined) return webSocket.close(closeCodes.ServerStopping, 'ServerStopping');
    const { socket } = request.raw;
    const address = networkOf(socket.remoteAddress);
    const link = new WebSocketLink(webSocket, socket, address, accept, () => onAdmitted?.(request));
    links.add(link);
    webSocket.once('close', () => links.delete(link));
  });
  const stallCheck = setInterval(() => {
    const now = performance.now();
    for (const link of links) link.checkStalled(now);
  }, stallCheckMs).unref();
  const ping = setInterval(() => {
    for (const link of links) link.ping();
  }, pingMs).unref();
  fastify.addHook('onClose', async () => {
    clearInterval(stallCheck);
    clearInterval(ping);
  });
}
