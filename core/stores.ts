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
