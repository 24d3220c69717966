import type { Credential, CredentialStore } from '../../core/credential-store.ts';
import { accountStream, partitionOf } from '../../core/stream.ts';
import { partitionKeys } from './keys.ts';
import type { Link } from './link.ts';
import { listOf, optional, textOf } from './reply.ts';

const pageMax = 200;

/** Password hashes in a hash of Redis beside the log; the first of an id stays. */
export class RedisCredentials implements CredentialStore {
  readonly #link: Link;
  readonly #partitions: number;

  constructor(link: Link, partitions: number) {
    this.#link = link;
    this.#partitions = partitions;
  }

  async put(credential: Credential): Promise<void> {
    const { user, id, hash, createdAt } = credential;
    const value = JSON.stringify({ id, user, hash, createdAt } satisfies Credential);
    await this.#link.run((connection) =>
      connection.call('HSETNX', this.#key(user), fieldOf(user, id), value),
    );
  }

  async get(user: string, id: string): Promise<Credential | undefined> {
    const value = await this.#link.run((connection) =>
      connection.call('HGET', this.#key(user), fieldOf(user, id)),
    );
    return optional(value, (reply) => credentialOf(textOf(reply)));
  }

  async remove(user: string, id: string): Promise<void> {
    await this.#link.run((connection) =>
      connection.call('HDEL', this.#key(user), fieldOf(user, id)),
    );
  }

  async *list(): AsyncIterable<Credential> {
    for (let partition = 0; partition < this.#partitions; partition++) {
      const { credentials } = partitionKeys(partition);
      // HSCAN can name a field twice.
      const listed = new Set<string>();
      let cursor = '0';
      do {
        const page = await this.#link.run((connection) =>
          connection.call('HSCAN', credentials, cursor, 'COUNT', pageMax),
        );
        const [next, pairs] = listOf(page);
        cursor = textOf(next);
        for (const [place, reply] of listOf(pairs).entries()) {
          if (place % 2 === 0) continue;
          const credential = credentialOf(textOf(reply));
          const field = fieldOf(credential.user, credential.id);
          if (!listed.has(field)) yield credential;
          listed.add(field);
        }
      } while (cursor !== '0');
    }
  }

  #key(user: string): string {
    return partitionKeys(partitionOf(accountStream(user), this.#partitions)).credentials;
  }
}

/** `:` is in nobody's name. */
const fieldOf = (user: string, id: string): string => `${user}:${id}`;

const credentialOf = (value: string): Credential => JSON.parse(value) as Credential;
