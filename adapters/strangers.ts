import type { Socket } from 'node:net';

import { networkOf } from './network.ts';

/** Connections that have not logged in: more than a campus behind one network needs. */
export const strangersPerAddressMax = 256;
/** …and in all, which bounds the memory that strangers can take. */
export const strangersMax = 16_384;
/** Of those past an address's limit so many at once are told so: that costs a handshake each. */
export const turnedAwayPerAddressMax = 8;

/** Who comes is let in, or told that there are too many of their network, or cut off unheard. */
export type Reception = 'letIn' | 'turnedAway' | 'cutOff';

/** What is known of a peer; a TLS socket shares it with the TCP socket below it. */
export type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** Counts the connections that have not logged in, from TCP's accept on. */
export class Strangers {
  readonly #letIn = new Map<string, number>();
  readonly #turnedAway = new Map<string, number>();
  /** By the peer's address and port: where it is counted. */
  readonly #waiting = new Map<string, Map<string, number>>();

  /** Counts a new one in, unless it is to be cut off. */
  meet(peer: Peer): Reception {
    const address = addressOf(peer);
    const isFull = (this.#letIn.get(address) ?? 0) >= strangersPerAddressMax;
    const [counts, max] = isFull
      ? [this.#turnedAway, turnedAwayPerAddressMax]
      : [this.#letIn, strangersPerAddressMax];
    const before = counts.get(address) ?? 0;
    if (before >= max || this.#waiting.size >= strangersMax) return 'cutOff';
    this.#waiting.set(nameOf(peer), counts);
    counts.set(address, before + 1);
    return isFull ? 'turnedAway' : 'letIn';
  }

  /** Whether this one, who is still here, was one too many of its network. */
  isTurnedAway(peer: Peer): boolean {
    return this.#waiting.get(nameOf(peer)) === this.#turnedAway;
  }

  /** It has logged in, or gone. To be told twice does no harm. */
  forget(peer: Peer): void {
    const counts = this.#waiting.get(nameOf(peer));
    if (counts === undefined) return;
    this.#waiting.delete(nameOf(peer));
    const address = addressOf(peer);
    const left = (counts.get(address) ?? 1) - 1;
    if (left === 0) counts.delete(address);
    else counts.set(address, left);
  }
}

const addressOf = ({ remoteAddress }: Peer): string => networkOf(remoteAddress);

/** Different for each connection of a listener that is open. */
export const nameOf = ({ remoteAddress, remotePort }: Peer): string =>
  `${remoteAddress} ${remotePort}`;
