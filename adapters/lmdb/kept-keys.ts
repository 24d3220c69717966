import { StoreUnreachable } from '../../core/event-store.ts';
import type { KeptKey, KeyStore } from '../../core/key-store.ts';
import type { Environment } from './environment.ts';

/** How many are read in one turn of the event loop. */
const listedAtOnce = 256;

/** Wrapped keys in a table of their own. */
export class LmdbKeys implements KeyStore {
  readonly #environment: Environment;
  readonly #isClosed: () => boolean;

  constructor(environment: Environment, isClosed: () => boolean) {
    this.#environment = environment;
    this.#isClosed = isClosed;
  }

  async get(name: string): Promise<string | undefined> {
    return this.#table().getBinary(Buffer.from(name))?.toString();
  }

  change(name: string, before: string | undefined, after: string): Promise<string> {
    if (this.#isClosed()) throw new StoreUnreachable('The store was closed.');
    const [key, value] = [Buffer.from(name), Buffer.from(after)];
    let kept = after;
    return new Promise((resolve, reject) => {
      this.#environment.commits.add({
        bytes: value.length,
        apply: () => {
          const { dataKeys } = this.#environment.tables;
          const found = dataKeys.getBinary(key)?.toString();
          if (found === before) dataKeys.putSync(key, value);
          else kept = found ?? '';
        },
        settle: (result) => {
          if (result === 'durable') resolve(kept);
          else if (result instanceof Error) reject(result);
          else reject(new StoreUnreachable(`The data folder takes no writes (${result.status}).`));
        },
      });
    });
  }

  async *list(): AsyncIterable<KeptKey> {
    let start = Buffer.alloc(1);
    for (;;) {
      const page = [...this.#table().getRange({ start, limit: listedAtOnce })];
      for (const { key, value } of page) yield { name: key.toString(), value: value.toString() };
      const last = page.at(-1);
      if (last === undefined || page.length < listedAtOnce) return;
      start = Buffer.concat([last.key, Buffer.alloc(1)]);
    }
  }

  #table(): Environment['tables']['dataKeys'] {
    if (this.#isClosed()) throw new StoreUnreachable('The store was closed.');
    const { root, dataKeys } = this.#environment.tables;
    root.resetReadTxn();
    return dataKeys;
  }
}
