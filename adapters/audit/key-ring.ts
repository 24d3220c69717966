import { parseVerifierKey, signerOf, type VerifierKey } from './verifier-key.ts';

/**
 * Whose signatures count in one partition's log. Without keys from elsewhere the first that the log
 * publishes is believed; whatever others it publishes count once a checkpoint by one that counts
 * covers their publication.
 */
export class KeyRing {
  readonly #accepted = new Map<string, VerifierKey>();
  readonly #published: { readonly position: number; readonly key: VerifierKey }[] = [];
  readonly #isPinned: boolean;

  constructor(pinned: readonly VerifierKey[]) {
    this.#isPinned = pinned.length > 0;
    for (const key of pinned) this.#accept(key);
  }

  /** Those that count by now. */
  get accepted(): readonly VerifierKey[] {
    return [...this.#accepted.values()];
  }

  /** The log publishes a key. False for what is none. */
  published(position: number, text: string): boolean {
    const key = parseVerifierKey(text);
    if (key === undefined) return false;
    if (this.#accepted.size === 0 && !this.#isPinned) this.#accept(key);
    else this.#published.push({ position, key });
    return true;
  }

  /** The log up to this position has been found to be what a key that counts has signed. */
  sealed(size: number): void {
    for (const { position, key } of this.#published) if (position <= size) this.#accept(key);
  }

  /** What is wrong with a note's signature; undefined when a key that counts has signed it. */
  faultOf(note: string): string | undefined {
    if (signerOf(note, this.#accepted.values()) !== undefined) return undefined;
    const stranger = signerOf(
      note,
      this.#published.map(({ key }) => key),
    );
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
