import type { Commit } from '../../core/event-store.ts';
import { type OnceEntry, onceRememberedMs } from '../commit-rules.ts';
import { keyBehind, keyWithoutNumber, numberedKey, numberValue } from './keys.ts';
import type { Tables } from './tables.ts';

export type StoredOnce = OnceEntry & { readonly usedAt: number };

type Once = NonNullable<Commit['once']>;

/** With each new entry two old ones go: they run out, and no append has much to clear away. */
const forgottenAtOnce = 2;

/** What a partition remembers of its numbered commits. To be used within write transactions. */
export class OnceTable {
  readonly #tables: Tables;
  readonly #partition: number;

  constructor(tables: Tables, partition: number) {
    this.#tables = tables;
    this.#partition = partition;
  }

  get(once: Once): StoredOnce | undefined {
    const value = this.#tables.once.getBinary(this.#key(once));
    return value && (JSON.parse(value.toString()) as StoredOnce);
  }

  put(once: Once, entry: StoredOnce): void {
    const key = this.#key(once);
    this.#tables.once.putSync(key, Buffer.from(JSON.stringify(entry)));
    this.#tables.onceUses.putSync(keyBehind(entry.usedAt, key), Buffer.alloc(1));
  }

  /** Forgets the commit of that number if it is too old at `at`, and a few others that are. */
  forget(used: Once, at: number): void {
    const oldest = at - onceRememberedMs;
    const usedAt = this.get(used)?.usedAt ?? at;
    if (usedAt < oldest) this.#remove(keyBehind(usedAt, this.#key(used)));
    const old = { start: numberValue(0), end: numberValue(oldest), limit: forgottenAtOnce };
    for (const use of Array.from(this.#tables.onceUses.getKeys(old))) this.#remove(use);
  }

  #remove(use: Buffer): void {
    this.#tables.once.removeSync(keyWithoutNumber(use));
    this.#tables.onceUses.removeSync(use);
  }

  #key({ session, sequence }: Once): Buffer {
    return numberedKey(this.#partition, session, sequence);
  }
}
