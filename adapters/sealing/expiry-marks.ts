import type { KeyStore } from '../../core/key-store.ts';

const prefix = 'expired:';
const begun = 'begun';
const rewritten = 'rewritten';

/** Whether what is kept under this name beside the keys is no key. */
export const isExpiryMark = (name: string): boolean => name.startsWith(prefix);

/**
 * Of which keys that were destroyed the store's files may still have the wrapped form, kept beside
 * the keys: when the server that destroyed one is killed, another one has the files rewritten.
 */
export class ExpiryMarks {
  readonly #store: KeyStore;

  constructor(store: KeyStore) {
    this.#store = store;
  }

  /** To be called before the key is destroyed. */
  async begin(key: string): Promise<void> {
    await this.#store.change(`${prefix}${key}`, undefined, begun);
  }

  /** The keys that a mark was set for, and whose files were not rewritten since. */
  async begun(): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const { name, value } of this.#store.list())
      if (isExpiryMark(name) && value === begun) keys.push(name.slice(prefix.length));
    return keys;
  }

  async end(key: string): Promise<void> {
    await this.#store.change(`${prefix}${key}`, begun, rewritten);
  }
}
