/** What one look at the leases showed. */
export interface LeaseSight {
  /** The servers whose lease is held. */
  readonly held: ReadonlySet<string>;
  /** How long this observer's link to the same run of the store has been whole, in milliseconds. */
  readonly linkWholeMs: number;
}

/**
 * A lease says that a server lives. It is no fact of the chat, so it is not in the log.
 *
 * 1. A lease is held by one token at a time and lapses `leaseMs` after its last refresh.
 * 2. A missing lease proves nothing by itself: after a restart of the store all are missing.
 *    `linkWholeMs` tells how much a look is worth.
 * 3. `refresh` takes a lapsed lease again unless another token holds it.
 * 4. Calls reject with `StoreUnreachable` when the store cannot answer.
 */
export interface LeaseStore {
  /** True when `token` now holds the lease of `server`. */
  take(server: string, token: string): Promise<boolean>;
  /** False when another token holds it. */
  refresh(server: string, token: string): Promise<boolean>;
  release(server: string, token: string): Promise<void>;
  look(servers: readonly string[]): Promise<LeaseSight>;
}

/** Long enough for a stalled second or two, short enough to notice a death within 10 s. */
export const leaseMs = 5_000;
