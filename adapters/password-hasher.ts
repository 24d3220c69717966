import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';

import { hash, needsRehash, verify } from 'argon2';
import pLimit, { type LimitFunction } from 'p-limit';

/** OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Beyond this many waiting, a login would time out before its turn. */
export const hashQueueMax = 200;
/** One network may have so many of them at once: others must not wait behind it for long. */
export const hashesPerNetworkMax = 150;

/** Too much is waiting to be hashed. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('Too many passwords are waiting to be checked.');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Hashes passwords with argon2id. One core is left for everything else: hashing takes threads of
 * the pool that the file system needs too.
 */
export class PasswordHasher {
  readonly #limit: LimitFunction = pLimit(Math.max(1, availableParallelism() - 1));
  readonly #decoy = decoy();
  readonly #underWay = new Map<string, number>();
  #typicalMs = 50;

  /** @throws {HasherBusy} when the queue is full. */
  hash(password: string): Promise<string> {
    return this.#queued(() => hash(password, parameters));
  }

  /**
   * Whether `password` is the one that was hashed. Without a hash the same work is done for
   * nothing, so that an unknown user costs what a wrong password costs. `isWanted` is asked when
   * its turn has come: if nobody wants to know any more, nothing is done, and the answer is false.
   * @throws {HasherBusy} when the queue is full.
   */
  async verify(
    stored: string | undefined,
    password: string,
    isWanted: () => boolean = () => true,
  ): Promise<boolean> {
    const against = stored ?? this.#decoy;
    const matches = await this.#queued(async () => isWanted() && verify(against, password));
    return matches && stored !== undefined;
  }

  /**
   * Does what hashes for a client of this network.
   * @throws {HasherBusy} when it has as much under way as one network may.
   */
  async shared<T>(network: string, work: () => Promise<T>): Promise<T> {
    const underWay = this.#underWay.get(network) ?? 0;
    if (underWay >= hashesPerNetworkMax) throw new HasherBusy(1);
    this.#underWay.set(network, underWay + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(network) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(network);
      else this.#underWay.set(network, left);
    }
  }

  /** Whether a stored hash was made with weaker parameters than today's. */
  needsRehash(stored: string): boolean {
    return needsRehash(stored, parameters);
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.#limit.pendingCount >= hashQueueMax) {
      const waitMs = (this.#limit.pendingCount * this.#typicalMs) / this.#limit.concurrency;
      throw new HasherBusy(Math.max(1, Math.ceil(waitMs / 1000)));
    }
    return this.#limit(async () => {
      const startedAt = performance.now();
      const result = await work();
      this.#typicalMs += (performance.now() - startedAt - this.#typicalMs) / 8;
      return result;
    });
  }
}

/** What looks like a hash and is none: no password is known that it could be of. */
function decoy(): string {
  const { memoryCost, timeCost, parallelism } = parameters;
  const [salt, digest] = [16, 32].map((length) => phcBase64(randomBytes(length)));
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${digest}`;
}

/** Base64 without padding, as the PHC string format has it. */
const phcBase64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
