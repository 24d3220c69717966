import type { AddressInfo } from 'node:net';
import { createServer, type SecureVersion, type TLSSocket } from 'node:tls';

import type { LinkAcceptor } from '../client-link.ts';
import { networkOf } from '../network.ts';
import { handshakeMsMax, type TlsCertificate, TlsDoor } from '../tls/tls-door.ts';
import { AcceptTrouble } from './accept-trouble.ts';
import { LineLink } from './line-link.ts';
import { turnAway } from './turned-away.ts';

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

export interface LineListener {
  readonly port: number;
  /** Takes connections from now on; until then they are cut off. */
  open(certificate: TlsCertificate, accept: LinkAcceptor): void;
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
  const links = new Set<LineLink>();
  const server = createServer({
    handshakeTimeout: handshakeMs,
    // A client that has sent all it wants to say still gets its answers.
    allowHalfOpen: true,
  });
  const door = new TlsDoor(server, minVersion);
  server.on('secureConnection', (socket: TLSSocket) => {
    if (accept === undefined || socket.destroyed) return;
    socket.setNoDelay(true);
    if (door.turnsAway(socket)) return turnAway(socket);
    socket.setKeepAlive(true, keepAliveMs);
    const link = new LineLink(socket, networkOf(socket.remoteAddress), accept, () =>
      door.admit(socket),
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
    clearInterval(check);
    door.close();
    server.close();
  };
  const open: LineListener['open'] = (certificate, acceptor) => {
    accept = acceptor;
    door.open(certificate);
  };
  return { port: (server.address() as AddressInfo).port, open, close };
}
