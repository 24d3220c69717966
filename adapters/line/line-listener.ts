import type { AddressInfo, Socket } from 'node:net';
import { createServer, type SecureVersion, type TLSSocket } from 'node:tls';

import type { LinkAcceptor } from '../client-link.ts';
import { LineLink } from './line-link.ts';

/** A handshake that takes longer is cut off: its peer sends nothing, or one byte at a time. */
export const handshakeMsMax = 10_000;
/** Connections that have not logged in: more than a campus behind one address needs. */
export const strangersPerAddressMax = 256;
/** …and in all, which bounds the memory that strangers can take. */
export const strangersMax = 16_384;
/** How long a connection is idle before TCP asks whether the client is still there. */
const keepAliveMs = 30_000;
const stallCheckMs = 1_000;

export interface LineListenerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: SecureVersion;
}

export interface LineListener {
  readonly port: number;
  /** Takes connections from now on; until then they are cut off. */
  open(accept: LinkAcceptor): void;
  /** Takes no more connections; those that are there stay. */
  close(): void;
}

/**
 * Takes a port for line clients over TLS. A peer that does not speak TLS is cut off without a byte.
 * @throws the system's error (`EADDRINUSE`, `EACCES`, …) when the port cannot be had.
 */
export async function listenForLines(options: LineListenerOptions): Promise<LineListener> {
  const { host, port, cert, key, minVersion } = options;
  let accept: LinkAcceptor | undefined;
  const strangers = new Strangers();
  const links = new Set<LineLink>();
  const server = createServer({
    cert,
    key,
    minVersion,
    handshakeTimeout: handshakeMsMax,
    // A client that has sent all it wants to say still gets its answers.
    allowHalfOpen: true,
  });
  server.on('connection', (socket: Socket) => {
    if (accept === undefined) socket.destroy();
    else strangers.meet(socket);
  });
  // Node only reports a failed or endless handshake; the socket is ours to destroy.
  server.on('tlsClientError', (_error, socket: TLSSocket) => socket.destroy());
  server.on('secureConnection', (socket: TLSSocket) => {
    if (accept === undefined) return;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    const address = socket.remoteAddress ?? 'unknown';
    const link = new LineLink(socket, address, accept, () => strangers.admit(socket));
    links.add(link);
    socket.once('close', () => links.delete(link));
  });
  const stallCheck = setInterval(() => {
    const now = performance.now();
    for (const link of links) link.checkStalled(now);
  }, stallCheckMs).unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const close = (): void => {
    clearInterval(stallCheck);
    server.close();
  };
  const open = (acceptor: LinkAcceptor): void => {
    accept = acceptor;
  };
  return { port: (server.address() as AddressInfo).port, open, close };
}

/** Counts the connections that have not logged in, from TCP's accept on. */
class Strangers {
  readonly #perAddress = new Map<string, number>();
  /** By the peer's address and port, which a TLS socket shares with the TCP socket below it. */
  readonly #waiting = new Set<string>();

  meet(socket: Socket): void {
    const address = socket.remoteAddress ?? 'unknown';
    const peer = peerOf(socket);
    const before = this.#perAddress.get(address) ?? 0;
    if (before >= strangersPerAddressMax || this.#waiting.size >= strangersMax) {
      socket.destroy();
      return;
    }
    this.#waiting.add(peer);
    this.#perAddress.set(address, before + 1);
    socket.once('close', () => this.#forget(peer, address));
  }

  admit(socket: Socket): void {
    this.#forget(peerOf(socket), socket.remoteAddress ?? 'unknown');
  }

  #forget(peer: string, address: string): void {
    if (!this.#waiting.delete(peer)) return;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
