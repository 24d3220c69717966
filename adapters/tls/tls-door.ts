import { readFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureVersion, Server, TLSSocket } from 'node:tls';

import { nameOf, type Peer, Strangers } from '../strangers.ts';
import type { CertificatePair } from './certificate-pair.ts';
import { DeadPeers, nameInTable } from './dead-peers.ts';

/** A handshake that takes longer is cut off: its peer sends nothing, or one byte at a time. */
export const handshakeMsMax = 10_000;
/** How often it is looked whether data goes to nobody. */
const deadCheckMs = 5_000;

/**
 * OpenSSL's `SSL_OP_CLEANSE_PLAINTEXT`, which Node has no name for: what a client wrote is wiped from
 * the library's buffers once it was read.
 */
const cleansePlaintext = 0x2;

/** A certificate with its chain, and its key. */
export type TlsCertificate = Pick<CertificatePair, 'cert' | 'key'>;

/**
 * Who may come in to a TLS server: nobody before it opens or after it closed, and no more strangers
 * than there is room for, some of whom get a handshake all the same, to be told. A handshake that fails, or takes longer than the server's
 * `handshakeTimeout`, is cut off, which Node by itself only reports.
 */
export class TlsDoor {
  readonly #server: Server;
  readonly #minVersion: SecureVersion;
  readonly #strangers = new Strangers();
  /** In their handshake, by the peer: all that TLS and the socket below it know of each other. */
  readonly #shaking = new Map<string, Socket>();
  /** All who are connected, by what the kernel's table calls them. */
  readonly #inside = new Map<string, Socket>();
  readonly #deadPeers = new DeadPeers();
  readonly #deadCheck: NodeJS.Timeout;
  #port = 0;
  #isOpen = false;

  /** Of a server that has no certificate yet: it gets that when it opens. */
  constructor(server: Server, minVersion: SecureVersion) {
    this.#server = server;
    this.#minVersion = minVersion;
    this.#deadCheck = setInterval(() => void this.#cutDead(), deadCheckMs).unref();
    server.once('close', () => clearInterval(this.#deadCheck));
    server.on('connection', (socket: Socket) => this.#meet(socket));
    server.on('tlsClientError', (_error, socket: TLSSocket) => socket.destroy());
    server.on('secureConnection', (socket: TLSSocket) => {
      this.#shaking.delete(nameOf(socket));
      if (!this.#isOpen) socket.destroy();
    });
  }

  open({ cert, key }: TlsCertificate): void {
    this.#server.setSecureContext({
      cert,
      key,
      minVersion: this.#minVersion,
      secureOptions: cleansePlaintext,
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#isOpen = true;
  }

  /** Lets nobody in any more, and cuts off those in their handshake; all others stay. */
  close(): void {
    this.#isOpen = false;
    for (const socket of this.#shaking.values()) socket.destroy();
  }

  /** Whether this one is one too many of its network: it is to be told so, and closed. */
  turnsAway(peer: Peer): boolean {
    return this.#strangers.isTurnedAway(peer);
  }

  /** This one has logged in: it no longer counts as a stranger. To be told twice does no harm. */
  admit(peer: Peer): void {
    this.#strangers.forget(peer);
  }

  #meet(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    // Once closed, a socket no longer knows its peer.
    const peer = { remoteAddress, remotePort };
    if (!this.#isOpen || this.#strangers.meet(peer) === 'cutOff') {
      socket.destroy();
      return;
    }
    this.#shaking.set(nameOf(peer), socket);
    this.#inside.set(nameInTable(peer), socket);
    socket.once('close', () => {
      this.#shaking.delete(nameOf(peer));
      this.#inside.delete(nameInTable(peer));
      this.#strangers.forget(peer);
    });
  }

  /** Where the system tells of it, as Linux does. */
  async #cutDead(): Promise<void> {
    if (this.#inside.size === 0) return;
    const read = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8'));
    const tables = (await Promise.allSettled(read)).map((one) =>
      one.status === 'fulfilled' ? one.value : '',
    );
    for (const name of this.#deadPeers.look(tables.join('\n'), this.#port, performance.now()))
      this.#inside.get(name)?.destroy();
  }
}
