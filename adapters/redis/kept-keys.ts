import type { KeptKey, KeyStore } from '../../core/key-store.ts';
import { partitionOf } from '../../core/stream.ts';
import { partitionKeys } from './keys.ts';
import type { Link } from './link.ts';
import { listOf, optional, textOf } from './reply.ts';
import { runScript, scripts } from './scripts.ts';

const pageMax = 200;

/** Wrapped keys in a hash of Redis beside the log. */
export class RedisKeys implements KeyStore {
  readonly #link: Link;
  readonly #partitions: number;

  constructor(link: Link, partitions: number) {
    this.#link = link;
    this.#partitions = partitions;
  }

  async get(name: string): Promise<string | undefined> {
    const key = this.#keyOf(name);
    const value = await this.#link.run((connection) => connection.call('HGET', key, name));
    return optional(value, textOf);
  }

  async change(name: string, before: string | undefined, after: string): Promise<string> {
    const keys = [this.#keyOf(name)];
    const args = [name, before ?? '', after];
    return textOf(
      await this.#link.run((connection) => runScript(connection, scripts.changeKey, keys, args)),
    );
  }

  async *list(): AsyncIterable<KeptKey> {
    for (let partition = 0; partition < this.#partitions; partition++) {
      const { dataKeys } = partitionKeys(partition);
      // HSCAN can name a field twice.
      const listed = new Set<string>();
      let cursor = '0';
      do {
        const page = await this.#link.run((connection) =>
          connection.call('HSCAN', dataKeys, cursor, 'COUNT', pageMax),
        );
        const [next, pairs] = listOf(page);
        cursor = textOf(next);
        const texts = listOf(pairs).map(textOf);
        for (let place = 0; place + 1 < texts.length; place += 2) {
          const [name = '', value = ''] = texts.slice(place, place + 2);
          if (!listed.has(name)) yield { name, value };
          listed.add(name);
        }
      } while (cursor !== '0');
    }
  }

  #keyOf(name: string): string {
    return partitionKeys(partitionOf(name, this.#partitions)).dataKeys;
  }
}
