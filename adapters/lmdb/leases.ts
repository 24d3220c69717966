import type { LeaseSight, LeaseStore } from '../../core/lease-store.ts';
import type { Environment } from './environment.ts';

/**
 * All servers of a folder live in the process that owns it, and so do their leases: a new owner
 * sees none held, which is true. A process that does not own the folder can take none, and what
 * it sees is worth nothing.
 */
export class LmdbLeases implements LeaseStore {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  async take(server: string, token: string): Promise<boolean> {
    const { isOwned, leases } = this.#environment;
    return isOwned && leases.take(server, token);
  }

  async refresh(server: string, token: string): Promise<boolean> {
    const { isOwned, leases } = this.#environment;
    return isOwned && leases.refresh(server, token);
  }

  async release(server: string, token: string): Promise<void> {
    await this.#environment.leases.release(server, token);
  }

  async look(servers: readonly string[]): Promise<LeaseSight> {
    const { isOwned, leases } = this.#environment;
    return isOwned ? leases.look(servers) : { held: new Set(), linkWholeMs: 0 };
  }
}
