/** A password's hash, kept beside the log: no replay or export may carry one. */
export interface Credential {
  /** Random, made before the hash is stored; the account's events carry it. */
  readonly id: string;
  readonly user: string;
  /** A PHC string. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/**
 * Where hashes are kept.
 *
 * 1. `put` is durable, as far as the store is, before it answers; an id is never written twice.
 * 2. The log alone says which credential counts: one that no account's event names is swept.
 * 3. Every call rejects with `StoreUnreachable` when the store cannot answer.
 */
export interface CredentialStore {
  put(credential: Credential): Promise<void>;
  get(user: string, id: string): Promise<Credential | undefined>;
  remove(user: string, id: string): Promise<void>;
  /** All of them, for the sweep; in no order. */
  list(): AsyncIterable<Credential>;
}
