import type { LinkNews } from '../../core/stores.ts';
import type { DataKeys } from './data-keys.ts';
import { UnusableMasterKey } from './master-keys.ts';

/** A master key that is replaced, or put right, is noticed so soon. */
const lookMs = 2_000;

/**
 * Sees, while a server runs, whether its master key is the log's: an erasure replaces it, and the
 * server's file may be a copy that stayed as it was. It tells when that changes.
 */
export class KeyWatch {
  readonly #keys: DataKeys;
  readonly #onNews: (news: LinkNews) => void;
  readonly #told = new Set<string>();
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(keys: DataKeys, onNews: (news: LinkNews) => void) {
    this.#keys = keys;
    this.#onNews = onNews;
  }

  get isLocked(): boolean {
    return this.#reason !== undefined;
  }

  /** From now on it looks by itself. */
  start(): void {
    this.#timer = setInterval(() => void this.#look(), lookMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A key could not be unwrapped. One that is damaged says nothing of the others, and is told once. */
  async failed({ message }: UnusableMasterKey): Promise<void> {
    await this.#look();
    if (this.isLocked || this.#told.has(message)) return;
    this.#told.add(message);
    this.#onNews({ status: 'warning', words: message });
  }

  async #look(): Promise<void> {
    const before = this.#reason;
    try {
      await this.#keys.check();
      this.#reason = undefined;
    } catch (error) {
      // A store that does not answer is told of elsewhere.
      if (error instanceof UnusableMasterKey) this.#reason = error.message;
    }
    if (this.#reason === before) return;
    if (this.#reason === undefined) this.#onNews({ status: 'unlocked' });
    else this.#onNews({ status: 'locked', reason: this.#reason });
  }
}
