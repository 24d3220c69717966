import type { CredentialStore } from './credential-store.ts';
import type { EventStore } from './event-store.ts';
import type { LeaseStore } from './lease-store.ts';

/** The three ports of one store, as an adapter opens them. */
export interface Stores {
  readonly events: EventStore;
  readonly credentials: CredentialStore;
  readonly leases: LeaseStore;
  /** What the operator should know about this store: one sentence each. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/** What becomes of the link to a store that can be out of reach. */
export type LinkNews =
  /** It went down; told again while it is down when there is another reason for it. */
  | { readonly status: 'down'; readonly reason: string }
  /** It is back, after so many milliseconds. */
  | { readonly status: 'back'; readonly downMs: number };
