import { webSocketAddress } from './web-socket-address.ts';

const firstMs = 250;
const longestMs = 15_000;
/** A server in distress lets go of its clients sooner: after a longer session a loss is a first one. */
const steadyMs = 5_000;

/**
 * How long to wait before an attempt, counted from 1: any time up to a bound that doubles, so that
 * the clients of a server that has stopped are spread over all of it ("full jitter"; Brooker,
 * Exponential Backoff and Jitter, AWS 2015).
 * @param random from 0 to 1
 */
export function waitMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(firstMs * 2 ** (attempt - 1), longestMs));
}

/** Where and when to connect again: at all known servers in turn, more and more slowly. */
export class Reconnection {
  readonly #given: readonly string[];
  readonly #random: () => number;
  #addresses: readonly string[];
  #turn = 0;
  #attempt = 0;
  #onlineSinceMs: number | undefined;

  constructor(urls: readonly string[], random: () => number) {
    if (urls.length === 0) throw new RangeError('There is no address to connect to.');
    this.#given = urls.map(webSocketAddress);
    this.#addresses = [...new Set(this.#given)];
    this.#random = random;
  }

  /** Where to connect now. */
  get url(): string {
    return this.#addresses[this.#turn % this.#addresses.length] as string;
  }

  /** These servers live. Those that were given are tried besides, for there may be none of these. */
  know(servers: readonly string[]): void {
    const { url } = this;
    this.#addresses = [...new Set([url, ...servers.map(webSocketAddress), ...this.#given])];
    this.#turn = 0;
  }

  /** A session goes on. */
  online(nowMs: number): void {
    this.#onlineSinceMs = nowMs;
  }

  /** The connection was lost, or there was none: it is the next server's turn. */
  lost(nowMs: number): { readonly attempt: number; readonly waitMs: number } {
    const wasSteady = nowMs - (this.#onlineSinceMs ?? Infinity) >= steadyMs;
    this.#onlineSinceMs = undefined;
    this.#attempt = wasSteady ? 1 : this.#attempt + 1;
    this.#turn += 1;
    return { attempt: this.#attempt, waitMs: waitMs(this.#attempt, this.#random()) };
  }
}
