/**
 * Where the keys of sealed texts are kept, beside the log, by name. They are wrapped by a master key
 * that the store never sees, so what is kept here is no secret by itself.
 *
 * 1. `change` puts `after` where `before` is kept (undefined: nothing yet), and answers what is kept
 *    then: another value (empty for none) means that somebody else came first, and nothing was changed.
 * 2. A change is durable, as far as the store is, before it is answered.
 * 3. No name is ever removed: a key that was destroyed leaves a mark, so it cannot be made again.
 * 4. Every call rejects with `StoreUnreachable` when the store cannot answer.
 */
export interface KeyStore {
  get(name: string): Promise<string | undefined>;
  change(name: string, before: string | undefined, after: string): Promise<string>;
  /** All of them, in no order; those that are made meanwhile may be missing. */
  list(): AsyncIterable<KeptKey>;
}

export interface KeptKey {
  readonly name: string;
  readonly value: string;
}
