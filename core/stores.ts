import type { CredentialStore } from './credential-store.ts';
import type { EventStore, Recorded } from './event-store.ts';
import type { KeyStore } from './key-store.ts';
import type { LeaseStore } from './lease-store.ts';

/** The keys that texts are sealed under, by name (`sealing.ts`), as far as they can be destroyed. */
export interface TextKeys {
  /** All of them, also those that were destroyed. @throws {StoreUnreachable} */
  names(): AsyncIterable<string>;
  /**
   * Destroys a key for ever, and lets go of it in this process. Answers whether it was there.
   * From then on it is one of the `unwritten`, whatever becomes of this process.
   * @throws {StoreUnreachable}
   */
  destroy(name: string): Promise<boolean>;
  /**
   * Those that were destroyed, and that the store's files may still have.
   * @throws {StoreUnreachable}
   */
  unwritten(): Promise<readonly string[]>;
  /** Since `unwritten` named them, the store has begun to `rewrite`. @throws {StoreUnreachable} */
  written(names: readonly string[]): Promise<void>;
  /** The users whose erasure was begun and is not finished. @throws {StoreUnreachable} */
  unfinishedErasures(): Promise<readonly string[]>;
}

/** The ports of one store, as an adapter opens them. */
export interface Stores {
  readonly events: EventStore;
  readonly credentials: CredentialStore;
  readonly keys: KeyStore;
  /** Absent where texts are not sealed. */
  readonly textKeys?: TextKeys;
  /**
   * Opens the texts of records that were read as they are kept; absent where texts are not sealed.
   * @throws {StoreUnreachable}
   */
  readonly openTexts?: (records: readonly Recorded[]) => Promise<readonly Recorded[]>;
  readonly leases: LeaseStore;
  /** What the operator should know about this store: one sentence each. */
  readonly warnings: readonly string[];
  /** Why nothing is entrusted to the store now, although it answers; absent where that cannot be. */
  unfit?(): Unfitness | undefined;
  /** How many copies are to have what is acknowledged; absent where one is enough. */
  readonly replication?: () => ReplicationState;
  /** Where what was overwritten lives on until it is rewritten there, in words; absent if nowhere. */
  readonly overwrittenLeft?: readonly string[];
  /**
   * Starts to rewrite what the store keeps on disk, so that what was overwritten goes from there
   * too. Answers, in words, what it could not do.
   */
  rewrite(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * A store that answers, and would forget what it is given when it stops, or throws it away; or the
 * keys that texts are sealed with cannot be unwrapped.
 */
export type Unfitness = 'forgetful' | 'evicting' | 'locked';

/** How many replicas are to confirm what is appended, and how many did when they were asked last. */
export interface ReplicationState {
  readonly wanted: number;
  readonly confirmed: number;
}

/** What becomes of the link to a store that can be out of reach. */
export type LinkNews =
  /** It went down; told again while it is down when there is another reason for it. */
  | { readonly status: 'down'; readonly reason: string }
  /** It is back, after so many milliseconds. */
  | { readonly status: 'back'; readonly downMs: number }
  /** It is being opened, and that takes longer than a moment: why, in one sentence, told once. */
  | { readonly status: 'waiting'; readonly words: string }
  /** What the operator should know about the store that is there now: one sentence, told once. */
  | { readonly status: 'warning'; readonly words: string }
  /** It answers, but the keys of texts cannot be unwrapped; told again when there is another reason. */
  | { readonly status: 'locked'; readonly reason: string }
  /** They can again. */
  | { readonly status: 'unlocked' };
