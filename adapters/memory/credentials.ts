import type { Credential, CredentialStore } from '../../core/credential-store.ts';

/** Password hashes in this process's memory. The first of an id stays. */
export class MemoryCredentials implements CredentialStore {
  readonly #credentials = new Map<string, Credential>();

  async put(credential: Credential): Promise<void> {
    const key = keyOf(credential.user, credential.id);
    if (!this.#credentials.has(key)) this.#credentials.set(key, { ...credential });
  }

  async get(user: string, id: string): Promise<Credential | undefined> {
    return this.#credentials.get(keyOf(user, id));
  }

  async remove(user: string, id: string): Promise<void> {
    this.#credentials.delete(keyOf(user, id));
  }

  async *list(): AsyncIterable<Credential> {
    yield* this.#credentials.values();
  }
}

const keyOf = (user: string, id: string): string => `${user}:${id}`;
