import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

import { placeKeyName, type SealedUnder, userKeyName, type Withheld } from '../../core/sealing.ts';
import type { DataKeys } from './data-keys.ts';
import { UnusableMasterKey } from './master-keys.ts';

/** Derived keys that are held at a time: a busy server's authors in their rooms. */
const heldMax = 8_192;
/** One that nobody has used for so long is let go of. */
const unusedMsMax = 600_000;
const letGoMs = 60_000;
const keyBytes = 32;

/** A key to seal or open with, or why there is none. */
export type TextKey = KeyObject | Withheld;

/**
 * The keys that texts are sealed under, derived from two data keys: their author's, and their
 * place's of a month. Without either there is no text. They are in memory while they are used.
 */
export class Keyring {
  readonly #keys: DataKeys;
  readonly #onUnusable: ((error: UnusableMasterKey) => void) | undefined;
  /** As key objects, whose memory is wiped when they are let go of. */
  readonly #held = new LRUCache<string, KeyObject>({
    max: heldMax,
    ttl: unusedMsMax,
    updateAgeOnGet: true,
  });
  readonly #letGo: NodeJS.Timeout;
  readonly #erased = new Set<string>();
  /** Raised by each `forget`: a key that was on its way then is not held. */
  #forgotten = 0;

  /**
   * @param onUnusable told when a key cannot be unwrapped: its texts are then `sealed` to whoever
   *   reads on. Without it, reading ends with that error.
   */
  constructor(keys: DataKeys, onUnusable?: (error: UnusableMasterKey) => void) {
    this.#keys = keys;
    this.#onUnusable = onUnusable;
    this.#letGo = setInterval(() => this.#held.purgeStale(), letGoMs).unref();
  }

  /** The key for a text, if it is held. */
  held({ author, place }: SealedUnder, month: number): KeyObject | undefined {
    return this.#held.get(heldName(author, placeKeyName(place, month)));
  }

  /**
   * The key to seal a text with; its data keys are made if there are none.
   * @throws {UnusableMasterKey}
   */
  async toSeal(under: SealedUnder, month: number): Promise<TextKey> {
    return this.#derived(under, month, (name) => this.#obtain(name));
  }

  /** The key to open a text with. A key that is missing counts as destroyed. */
  async toOpen(under: SealedUnder, month: number): Promise<TextKey> {
    try {
      return await this.#derived(under, month, async (name) => {
        const key = await this.#keys.find(name);
        return key === 'none' ? undefined : key;
      });
    } catch (error) {
      if (this.#onUnusable === undefined || !(error instanceof UnusableMasterKey)) throw error;
      this.#onUnusable(error);
      return 'sealed';
    }
  }

  /**
   * What a numbered commit says, as only this author's key can tell: no text is guessed from it. Undefined when there is
   * no such key any more.
   * @throws {UnusableMasterKey}
   */
  async contentOf(author: string, content: string): Promise<string | undefined> {
    if (this.#erased.has(author)) return undefined;
    const name = heldName(author, 'once');
    let key = this.#held.get(name);
    if (key === undefined) {
      const asked = this.#forgotten;
      const data = await this.#obtain(userKeyName(author));
      if (data === undefined) return undefined;
      key = derive([data], 'securechat/once/v1');
      if (asked === this.#forgotten) this.#held.set(name, key);
    }
    return createHmac('sha256', key).update(content).digest('base64url');
  }

  /**
   * The log says that this user is erased. The key may be there for a moment yet, and is not to be
   * taken up again by who reads meanwhile.
   */
  erased(author: string): void {
    this.#erased.add(author);
    this.forget(userKeyName(author));
  }

  /** Lets go of all that is derived from a data key, for it was destroyed. */
  forget(name: string): void {
    this.#forgotten += 1;
    const isOf = (held: string): boolean =>
      name.startsWith('user:') ? held.startsWith(`${name}\n`) : held.endsWith(`\n${name}`);
    const gone = [...this.#held.keys()].filter(isOf);
    for (const held of gone) this.#held.delete(held);
  }

  close(): void {
    clearInterval(this.#letGo);
    this.#held.clear();
  }

  async #obtain(name: string): Promise<Buffer | undefined> {
    try {
      return await this.#keys.obtain(name);
    } catch (error) {
      if (error instanceof UnusableMasterKey) this.#onUnusable?.(error);
      throw error;
    }
  }

  async #derived(
    { author, place }: SealedUnder,
    month: number,
    find: (name: string) => Promise<Buffer | undefined>,
  ): Promise<TextKey> {
    if (this.#erased.has(author)) return 'erased';
    const asked = this.#forgotten;
    const placeName = placeKeyName(place, month);
    const [ofAuthor, ofPlace] = await Promise.all([find(userKeyName(author)), find(placeName)]);
    if (ofAuthor === undefined) return 'erased';
    if (ofPlace === undefined) return 'expired';
    const key = derive([ofAuthor, ofPlace], 'securechat/text/v1');
    if (asked === this.#forgotten) this.#held.set(heldName(author, placeName), key);
    return key;
  }
}

const heldName = (author: string, other: string): string => `${userKeyName(author)}\n${other}`;

function derive(keys: readonly Buffer[], info: string): KeyObject {
  const material = Buffer.concat(keys);
  const derived = Buffer.from(hkdfSync('sha256', material, Buffer.alloc(0), info, keyBytes));
  const key = createSecretKey(derived);
  for (const spent of [derived, material, ...keys]) spent.fill(0);
  return key;
}
