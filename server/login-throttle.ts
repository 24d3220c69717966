import { LRUCache } from 'lru-cache';

/** Slow enough to spoil guessing, short enough never to lock anybody out. */
export const loginDelayMsMax = 5_000;
/** Failures that cost nothing: people mistype. */
const freeFailures = 2;
const firstDelayMs = 250;
const forgetMs = 15 * 60_000;
/** Bounds the memory that a flood of names or addresses can take. */
const remembered = { max: 50_000, ttl: forgetMs };

/**
 * Slows down failed logins, by address and by account. An address from which an account has logged
 * in before is not slowed down by others' failures on that account, only by its own.
 */
export class LoginThrottle {
  readonly #byAddress = new LRUCache<string, number>(remembered);
  readonly #byAccount = new LRUCache<string, number>(remembered);
  readonly #byPair = new LRUCache<string, number>(remembered);
  readonly #known = new LRUCache<string, true>({ max: remembered.max });

  /** How long an attempt has to wait before its password is looked at, in milliseconds. */
  delayMs(address: string, user: string): number {
    const pair = pairOf(address, user);
    if (this.#known.has(pair)) return delayAfter(this.#byPair.get(pair));
    return Math.max(
      delayAfter(this.#byAddress.get(address)),
      delayAfter(this.#byAccount.get(user)),
    );
  }

  failed(address: string, user: string): void {
    count(this.#byAddress, address);
    count(this.#byAccount, user);
    count(this.#byPair, pairOf(address, user));
  }

  succeeded(address: string, user: string): void {
    const pair = pairOf(address, user);
    this.#known.set(pair, true);
    this.#byPair.delete(pair);
    this.#byAccount.delete(user);
  }
}

const pairOf = (address: string, user: string): string => `${address} ${user}`;

const count = (failures: LRUCache<string, number>, key: string): void => {
  failures.set(key, (failures.get(key) ?? 0) + 1);
};

const delayAfter = (failures = 0): number =>
  failures <= freeFailures
    ? 0
    : Math.min(loginDelayMsMax, firstDelayMs * 2 ** (failures - freeFailures - 1));
