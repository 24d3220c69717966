import { type LeaseSight, type LeaseStore, leaseMs } from '../../core/lease-store.ts';
import { homeOf } from './append-batch.ts';
import { leaseKey } from './keys.ts';
import type { Link } from './link.ts';
import { RedisRefusal } from './refusal.ts';
import { runScript, scripts } from './scripts.ts';

/** Leases as keys that expire. Each lies in the partition of its server's stream. */
export class RedisLeases implements LeaseStore {
  readonly #link: Link;
  readonly #partitions: number;
  /** When Redis last refused to write a lease: then nobody's can be expected to be there. */
  #refusedAt = -Infinity;

  constructor(link: Link, partitions: number) {
    this.#link = link;
    this.#partitions = partitions;
  }

  async take(server: string, token: string): Promise<boolean> {
    return this.refresh(server, token);
  }

  async refresh(server: string, token: string): Promise<boolean> {
    const key = this.#key(server);
    return this.#link.run(async (connection) => {
      try {
        return (await runScript(connection, scripts.refreshLease, [key], [token, leaseMs])) === 1;
      } catch (error) {
        if (error instanceof RedisRefusal) this.#refusedAt = performance.now();
        throw error;
      }
    });
  }

  async release(server: string, token: string): Promise<void> {
    const key = this.#key(server);
    await this.#link.run((connection) =>
      runScript(connection, scripts.releaseLease, [key], [token]),
    );
  }

  async look(servers: readonly string[]): Promise<LeaseSight> {
    return this.#link.run(async (connection) => {
      const asked = servers.map((server) => connection.call('EXISTS', this.#key(server)));
      const found = await Promise.all(asked);
      const held = new Set(servers.filter((_, place) => found[place] === 1));
      const sinceRefusalMs = performance.now() - this.#refusedAt;
      return { held, linkWholeMs: Math.min(this.#link.wholeMs, sinceRefusalMs) };
    });
  }

  #key(server: string): string {
    return leaseKey(homeOf(server, this.#partitions), server);
  }
}
