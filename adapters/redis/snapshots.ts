import type { Snapshot, SnapshotStore } from '../../core/snapshot-store.ts';
import { partitionKeys } from './keys.ts';
import type { Link } from './link.ts';
import { listOf, numberOf, optional, textOf } from './reply.ts';
import { runScript, scripts } from './scripts.ts';

const pageMax = 500;
/** So many are asked for at once. */
const askedAtOnce = 500;

/** Snapshots in a hash of Redis beside the log, as JSON by their names. */
export class RedisSnapshots implements SnapshotStore {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async get(partition: number, names: readonly string[]): Promise<ReadonlyMap<string, Snapshot>> {
    const { snapshots } = partitionKeys(partition);
    const found = new Map<string, Snapshot>();
    for (let from = 0; from < names.length; from += askedAtOnce) {
      const asked = names.slice(from, from + askedAtOnce);
      const reply = await this.#link.run((connection) =>
        connection.call('HMGET', snapshots, ...asked),
      );
      for (const [index, value] of listOf(reply).entries()) {
        const text = optional(value, textOf);
        if (text !== undefined) found.set(asked[index] ?? '', JSON.parse(text) as Snapshot);
      }
    }
    return found;
  }

  async keptThrough(partition: number): Promise<number> {
    const { snapshots } = partitionKeys(partition);
    const reply = await this.#link.run((connection) =>
      connection.call('HGET', snapshots, ':through'),
    );
    return optional(reply, numberOf) ?? 0;
  }

  async keep(
    partition: number,
    { epoch, through }: { readonly epoch: string; readonly through: number },
    kept: readonly Snapshot[],
  ): Promise<boolean> {
    const { snapshots, heads } = partitionKeys(partition);
    const texts = kept.flatMap((snapshot) => [snapshot.name, JSON.stringify(snapshot)]);
    const args = [epoch, through, ...texts];
    // Carried out twice, it answers the second time that as much was kept before, which is true.
    const reply = await this.#link.run((connection) =>
      runScript(connection, scripts.keepSnapshots, [snapshots, heads], args),
    );
    return numberOf(reply) === 1;
  }

  async *names(partition: number, prefix: string): AsyncGenerator<string> {
    const { snapshots } = partitionKeys(partition);
    // HSCAN can name a field twice.
    const listed = new Set<string>();
    const match = `${prefix.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
    for (let cursor = '0'; ;) {
      const at = cursor;
      const page = await this.#link.run((connection) =>
        connection.call('HSCAN', snapshots, at, 'MATCH', match, 'COUNT', pageMax),
      );
      const [next, pairs] = listOf(page);
      const texts = listOf(pairs).map(textOf);
      for (let place = 0; place < texts.length; place += 2) {
        const name = texts[place] ?? '';
        if (!listed.has(name) && !name.startsWith(':')) yield name;
        listed.add(name);
      }
      cursor = textOf(next);
      if (cursor === '0') return;
    }
  }
}
