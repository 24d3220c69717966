import { StoreUnreachable } from '../../core/event-store.ts';
import type { Snapshot, SnapshotStore } from '../../core/snapshot-store.ts';
import type { Environment } from './environment.ts';
import { headKey, numberValue, readNumber } from './keys.ts';
import { readHead } from './log-reader.ts';
import type { Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';

/** How many are read in one turn of the event loop. */
const listedAtOnce = 256;

/** Snapshots in a table of their own. */
export class LmdbSnapshots implements SnapshotStore {
  readonly #environment: Environment;
  readonly #isClosed: () => boolean;

  constructor(environment: Environment, isClosed: () => boolean) {
    this.#environment = environment;
    this.#isClosed = isClosed;
  }

  async get(partition: number, names: readonly string[]): Promise<ReadonlyMap<string, Snapshot>> {
    const { snapshots } = this.#tables();
    const found = new Map<string, Snapshot>();
    for (const name of names) {
      const value = snapshots.getBinary(headKey(partition, name));
      if (value !== undefined) found.set(name, JSON.parse(value.toString()) as Snapshot);
    }
    return found;
  }

  async keptThrough(partition: number): Promise<number> {
    return keptThrough(this.#tables(), partition);
  }

  keep(
    partition: number,
    { epoch, through }: { readonly epoch: string; readonly through: number },
    snapshots: readonly Snapshot[],
  ): Promise<boolean> {
    const tables = this.#tables();
    const values = snapshots.map((one) => [one.name, Buffer.from(JSON.stringify(one))] as const);
    const bytes = values.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    const write = (): boolean => {
      if (readHead(tables, partition).epoch !== epoch) return false;
      if (keptThrough(tables, partition) >= through) return false;
      for (const [name, value] of values) tables.snapshots.putSync(headKey(partition, name), value);
      tables.snapshots.putSync(headKey(partition), numberValue(through));
      return true;
    };
    return inTransaction(this.#environment, write, bytes);
  }

  async *names(partition: number, prefix: string): AsyncGenerator<string> {
    const end = Buffer.concat([headKey(partition, prefix), Buffer.of(0xff)]);
    let start = headKey(partition, prefix);
    for (;;) {
      const { snapshots } = this.#tables();
      const page = [...snapshots.getKeys({ start, end, limit: listedAtOnce })];
      for (const key of page) if (key.length > 2) yield key.toString('utf8', 2);
      const last = page.at(-1);
      if (last === undefined || page.length < listedAtOnce) return;
      start = Buffer.concat([last, Buffer.alloc(1)]);
    }
  }

  #tables(): Tables {
    if (this.#isClosed()) throw new StoreUnreachable('The store was closed.');
    const { tables } = this.#environment;
    tables.root.resetReadTxn();
    return tables;
  }
}

/** Up to which position snapshots were kept; 0 when none were. */
export function keptThrough({ snapshots }: Tables, partition: number): number {
  const through = snapshots.getBinary(headKey(partition));
  return through === undefined ? 0 : readNumber(through, 0);
}
