import type { KeptKey, KeyStore } from '../../core/key-store.ts';

/** Wrapped keys in this process's memory. */
export class MemoryKeys implements KeyStore {
  readonly #kept = new Map<string, string>();

  async get(name: string): Promise<string | undefined> {
    return this.#kept.get(name);
  }

  async change(name: string, before: string | undefined, after: string): Promise<string> {
    const kept = this.#kept.get(name);
    if (kept !== before) return kept ?? '';
    this.#kept.set(name, after);
    return after;
  }

  async *list(): AsyncIterable<KeptKey> {
    for (const [name, value] of this.#kept) yield { name, value };
  }
}
