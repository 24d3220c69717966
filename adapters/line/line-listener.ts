import type { AddressInfo, Socket } from 'node:net';
import { createServer, type SecureVersion, type TLSSocket } from 'node:tls';

import type { LinkAcceptor } from '../client-link.ts';
import { networkOf } from '../network.ts';
import { AcceptTrouble } from './accept-trouble.ts';
import { LineLink } from './line-link.ts';
import { nameOf, Strangers } from './strangers.ts';

/** A handshake that takes longer is cut off: its peer sends nothing, or one byte at a time. */
export const handshakeMsMax = 10_000;
/** How long a connection is idle before TCP asks whether the client is still there. */
const keepAliveMs = 30_000;
const checkMs = 1_000;

export interface LineListenerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly minVersion: SecureVersion;
  /** `handshakeMsMax` unless given. */
  readonly handshakeMs?: number;
  /** Told when connections cannot be taken, for want of descriptors say: once a minute at most. */
  readonly onTrouble?: (error: Error) => void;
}

/** In PEM. */
export interface ServerCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface LineListener {
  readonly port: number;
  /** Takes connections from now on; until then they are cut off. */
  open(certificate: ServerCertificate, accept: LinkAcceptor): void;
  /** Takes no more connections, and cuts off those in their handshake; all others stay. */
  close(): void;
}

/**
 * Takes a port for line clients over TLS. A peer that does not speak TLS is cut off without a byte.
 * @throws the system's error (`EADDRINUSE`, `EACCES`, …) when the port cannot be had.
 */
export async function listenForLines(options: LineListenerOptions): Promise<LineListener> {
  const { host, port, minVersion, handshakeMs = handshakeMsMax } = options;
  let accept: LinkAcceptor | undefined;
  const trouble = new AcceptTrouble(options.onTrouble ?? (() => {}));
  const strangers = new Strangers();
  const links = new Set<LineLink>();
  /** In their handshake, by the peer: all that TLS and the socket below it know of each other. */
  const shaking = new Map<string, Socket>();
  const server = createServer({
    handshakeTimeout: handshakeMs,
    // A client that has sent all it wants to say still gets its answers.
    allowHalfOpen: true,
  });
  server.on('connection', (socket: Socket) => {
    const { remoteAddress, remotePort } = socket;
    const peer = { remoteAddress, remotePort };
    // Once closed, a socket no longer knows its peer.
    if (accept === undefined || !strangers.meet(peer)) {
      socket.destroy();
      return;
    }
    shaking.set(nameOf(peer), socket);
    socket.once('close', () => {
      shaking.delete(nameOf(peer));
      strangers.forget(peer);
    });
  });
  // Node only reports a failed or endless handshake; the socket is ours to destroy.
  server.on('tlsClientError', (_error, socket: TLSSocket) => socket.destroy());
  server.on('secureConnection', (socket: TLSSocket) => {
    shaking.delete(nameOf(socket));
    if (accept === undefined) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    const link = new LineLink(socket, networkOf(socket.remoteAddress), accept, () =>
      strangers.forget(socket),
    );
    links.add(link);
    socket.once('close', () => links.delete(link));
  });
  const check = setInterval(() => {
    trouble.look();
    const now = performance.now();
    for (const link of links) link.checkStalled(now);
  }, checkMs).unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  // A connection that could not be taken: the others go on.
  server.on('error', (error: Error) => trouble.heed(error));
  const close = (): void => {
    accept = undefined;
    clearInterval(check);
    server.close();
    for (const socket of shaking.values()) socket.destroy();
  };
  const open: LineListener['open'] = ({ cert, key }, acceptor) => {
    server.setSecureContext({ cert, key, minVersion });
    accept = acceptor;
  };
  return { port: (server.address() as AddressInfo).port, open, close };
}
