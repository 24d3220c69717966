import type { PublishedKey } from '../../core/audit.ts';
import { isVouchedFor } from './key-voucher.ts';
import { parseVerifierKey, signerOf, type VerifierKey } from './verifier-key.ts';

/**
 * Whose signatures count in one partition's log. Without keys from elsewhere the first that the log
 * publishes is believed; whatever others it publishes count if one vouches for them that counts.
 */
export class KeyRing {
  readonly #accepted = new Map<string, VerifierKey>();
  /** That the log publishes, though nobody vouches for them. */
  readonly #strangers: VerifierKey[] = [];
  readonly #isPinned: boolean;

  constructor(pinned: readonly VerifierKey[] = []) {
    this.#isPinned = pinned.length > 0;
    for (const key of pinned) this.#accept(key);
  }

  /** Those that count by now. */
  get accepted(): readonly VerifierKey[] {
    return [...this.#accepted.values()];
  }

  /** The log publishes a key. False for what is none. */
  published({ key: text, note }: PublishedKey): boolean {
    const key = parseVerifierKey(text);
    if (key === undefined) return false;
    const isFirst = this.#accepted.size === 0;
    const isVouched = note !== undefined && isVouchedFor(key, note, this.#accepted.values());
    if (isFirst || isVouched) this.#accept(key);
    else this.#strangers.push(key);
    return true;
  }

  /** What is wrong with a note's signature; undefined when a key that counts has signed it. */
  faultOf(note: string): string | undefined {
    if (signerOf(note, this.#accepted.values()) !== undefined) return undefined;
    const stranger = signerOf(note, this.#strangers);
    const by = stranger === undefined ? undefined : `the key ${stranger.text}`;
    if (this.#isPinned)
      return `is not signed by the key that you gave${by === undefined ? '' : `: it is by ${by}, for which that one does not vouch`}`;
    return by === undefined
      ? 'is not signed by a key of this log'
      : `is signed by ${by}, for which no earlier key vouches`;
  }

  #accept(key: VerifierKey): void {
    this.#accepted.set(key.text, key);
  }
}
