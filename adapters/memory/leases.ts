import { type LeaseSight, type LeaseStore, leaseMs } from '../../core/lease-store.ts';

/** Leases in this process's memory, by a clock that is given. Its link is always whole. */
export class MemoryLeases implements LeaseStore {
  readonly #now: () => number;
  readonly #leases = new Map<string, { readonly token: string; readonly until: number }>();

  /** `now`: milliseconds on any clock that does not run backwards. */
  constructor(now: () => number) {
    this.#now = now;
  }

  isHeld(server: string): boolean {
    return (this.#leases.get(server)?.until ?? 0) > this.#now();
  }

  async take(server: string, token: string): Promise<boolean> {
    if (this.isHeld(server) && this.#leases.get(server)?.token !== token) return false;
    this.#leases.set(server, { token, until: this.#now() + leaseMs });
    return true;
  }

  async refresh(server: string, token: string): Promise<boolean> {
    return this.take(server, token);
  }

  async release(server: string, token: string): Promise<void> {
    if (this.#leases.get(server)?.token === token) this.#leases.delete(server);
  }

  async look(servers: readonly string[]): Promise<LeaseSight> {
    const held = new Set(servers.filter((server) => this.isHeld(server)));
    return { held, linkWholeMs: Infinity };
  }
}
