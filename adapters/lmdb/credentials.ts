import type { Credential, CredentialStore } from '../../core/credential-store.ts';
import { StoreUnreachable } from '../../core/event-store.ts';
import type { Environment } from './environment.ts';

/** How many are read in one turn of the event loop. */
const listedAtOnce = 256;

/** Password hashes in a table of their own. The first of an id stays. */
export class LmdbCredentials implements CredentialStore {
  readonly #environment: Environment;
  readonly #isClosed: () => boolean;

  constructor(environment: Environment, isClosed: () => boolean) {
    this.#environment = environment;
    this.#isClosed = isClosed;
  }

  async put(credential: Credential): Promise<void> {
    const key = keyOf(credential.user, credential.id);
    const value = Buffer.from(JSON.stringify(credential));
    await this.#write(value.length, () => {
      const { credentials } = this.#environment.tables;
      if (!credentials.doesExist(key)) credentials.putSync(key, value);
    });
  }

  async get(user: string, id: string): Promise<Credential | undefined> {
    const value = this.#table().getBinary(keyOf(user, id));
    return value === undefined ? undefined : parsed(value);
  }

  async remove(user: string, id: string): Promise<void> {
    await this.#write(0, () => {
      this.#environment.tables.credentials.removeSync(keyOf(user, id));
    });
  }

  async *list(): AsyncIterable<Credential> {
    let start = Buffer.alloc(1);
    for (;;) {
      const page = [...this.#table().getRange({ start, limit: listedAtOnce })];
      for (const { value } of page) yield parsed(value);
      const last = page.at(-1);
      if (last === undefined || page.length < listedAtOnce) return;
      start = Buffer.concat([last.key, Buffer.alloc(1)]);
    }
  }

  #table(): Environment['tables']['credentials'] {
    if (this.#isClosed()) throw new StoreUnreachable('The store was closed.');
    const { root, credentials } = this.#environment.tables;
    root.resetReadTxn();
    return credentials;
  }

  #write(bytes: number, apply: () => void): Promise<void> {
    if (this.#isClosed()) throw new StoreUnreachable('The store was closed.');
    return new Promise((resolve, reject) => {
      this.#environment.commits.add({
        bytes,
        apply,
        settle: (result) => {
          if (result === 'durable') resolve();
          else if (result instanceof Error) reject(result);
          else reject(new StoreUnreachable(`The data folder takes no writes (${result.status}).`));
        },
      });
    });
  }
}

const keyOf = (user: string, id: string): Buffer => Buffer.from(`${user}\0${id}`);

const parsed = (value: Buffer): Credential => JSON.parse(value.toString()) as Credential;
