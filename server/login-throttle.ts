import { LRUCache } from 'lru-cache';

/** Slow enough to spoil guessing, short enough never to lock anybody out. */
export const loginDelayMsMax = 5_000;
/** Failures that cost nothing: people mistype. */
const freeFailures = 2;
const firstDelayMs = 250;
const forgetMs = 15 * 60_000;
/** Bounds the memory that a flood of names or addresses can take. */
export const rememberedMax = 50_000;
/** As a size, so that the memory is taken when it is needed: `max` would take all of it at once. */
const atMost = { maxSize: rememberedMax, sizeCalculation: () => 1 };
const forgotten = { ...atMost, ttl: forgetMs };

/** One attempt at a password. */
export interface LoginAttempt {
  /** How long it has to wait before the password is looked at, in milliseconds. */
  readonly delayMs: number;
  /** Tells how it ended; only the first word counts. */
  end(how: 'failed' | 'succeeded' | 'abandoned'): void;
}

/**
 * Slows down failed logins, by address and by account. Attempts at one account that are under way
 * at the same time count as failures for one another: guesses are not to be had by the dozen. An
 * address from which an account has logged in before is not slowed down by others' attempts on that
 * account, only by its own failures.
 */
export class LoginThrottle {
  readonly #byAddress = new LRUCache<string, number>(forgotten);
  readonly #byAccount = new LRUCache<string, number>(forgotten);
  readonly #byPair = new LRUCache<string, number>(forgotten);
  readonly #known = new LRUCache<string, true>(atMost);
  /** Attempts under way, by account. As many as there are connections at most. */
  readonly #underWay = new Map<string, number>();

  begin(address: string, user: string): LoginAttempt {
    const delayMs = this.#delayMs(address, user);
    this.#underWay.set(user, (this.#underWay.get(user) ?? 0) + 1);
    let isOver = false;
    const end: LoginAttempt['end'] = (how) => {
      if (isOver) return;
      isOver = true;
      const others = (this.#underWay.get(user) ?? 1) - 1;
      if (others === 0) this.#underWay.delete(user);
      else this.#underWay.set(user, others);
      if (how === 'failed') this.#failed(address, user);
      if (how === 'succeeded') this.#succeeded(address, user);
    };
    return { delayMs, end };
  }

  #delayMs(address: string, user: string): number {
    const pair = pairOf(address, user);
    if (this.#known.has(pair)) return delayAfter(this.#byPair.get(pair));
    const atAccount = (this.#byAccount.get(user) ?? 0) + (this.#underWay.get(user) ?? 0);
    return Math.max(delayAfter(this.#byAddress.get(address)), delayAfter(atAccount));
  }

  #failed(address: string, user: string): void {
    count(this.#byAddress, address);
    count(this.#byAccount, user);
    count(this.#byPair, pairOf(address, user));
  }

  #succeeded(address: string, user: string): void {
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
