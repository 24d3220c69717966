import type { Socket } from 'node:net';

import { networkOf } from './network.ts';

/** Connections that have not logged in: more than a campus behind one network needs. */
export const strangersPerAddressMax = 256;
/** …and in all, which bounds the memory that strangers can take. */
export const strangersMax = 16_384;

/** What is known of a peer; a TLS socket shares it with the TCP socket below it. */
export type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** Counts the connections that have not logged in, from TCP's accept on. */
export class Strangers {
  readonly #perAddress = new Map<string, number>();
  /** By the peer's address and port. */
  readonly #waiting = new Set<string>();

  /** Counts a new one in; false when there are too many, and it is not counted. */
  meet(peer: Peer): boolean {
    const before = this.#perAddress.get(addressOf(peer)) ?? 0;
    if (before >= strangersPerAddressMax || this.#waiting.size >= strangersMax) return false;
    this.#waiting.add(nameOf(peer));
    this.#perAddress.set(addressOf(peer), before + 1);
    return true;
  }

  /** It has logged in, or gone. To be told twice does no harm. */
  forget(peer: Peer): void {
    if (!this.#waiting.delete(nameOf(peer))) return;
    const address = addressOf(peer);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

const addressOf = ({ remoteAddress }: Peer): string => networkOf(remoteAddress);

/** Different for each connection of a listener that is open. */
export const nameOf = ({ remoteAddress, remotePort }: Peer): string =>
  `${remoteAddress} ${remotePort}`;
