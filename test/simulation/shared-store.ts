import { openMemory } from '../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../adapters/memory/log.ts';
import type {
  AppendOutcome,
  Commit,
  Cursor,
  Recorded,
  Rollback,
  Writer,
} from '../../core/event-store.ts';
import type { Stores } from '../../core/stores.ts';
import type { World } from './world.ts';

/** The store that all servers share: the one in memory, by the world's clock and chance. */
export class SharedStore {
  readonly log: MemoryLog;
  readonly stores: Stores;
  /** How many faults keep everybody from it. */
  awayBy = 0;
  /** Full, it answers what is read, and refuses what is written. */
  isFull = false;
  readonly #world: World;
  /** Up to which position each partition is never set back. */
  #safe: readonly number[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(world: World, partitions: number) {
    this.#world = world;
    const ids = world.random.branch();
    const newId = (): string => `${ids.below(2 ** 32)}`;
    this.log = new MemoryLog({ partitions, now: () => Date.now(), newId });
    this.stores = openMemory({ log: this.log });
    this.log.onAppend(() => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** `listener` is called after each append; ends with the result's call. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async append(writer: Writer, commit: Commit): Promise<AppendOutcome> {
    if (this.isFull) return { status: 'unavailable', reason: 'full' };
    const outcome = await writer.append(commit);
    const where = outcome.status === 'appended' ? ` at ${outcome.position}` : '';
    this.#world.note(`store: ${wordsOf(commit)}: ${outcome.status}${where}`);
    return outcome;
  }

  /** What the log has by now, it keeps when it is set back. */
  keep(): void {
    this.#safe = this.log.partitions.map(({ head }) => head);
  }

  /** Loses the last records of a partition, as when an older copy of the store is put back. */
  setBack(partition: number, records: number): void {
    const { head } = this.log.partition(partition);
    const from = Math.max(head - records, this.#safe[partition] ?? 0) + 1;
    this.#world.note(`store: partition ${partition} is set back from ${head} to ${from - 1}`);
    this.log.setBack(partition, from);
  }

  /** A rollback from the point of view of somebody with this cursor, if there was one. */
  rollbackOf({ partition, position, id }: Cursor): Rollback | undefined {
    const log = this.log.partition(partition);
    const [record] = log.read(position, 1);
    if (position === 0 || record?.id === id) return undefined;
    const [epoch] = log.readStream({ stream: 'epoch', direction: 'backwards', limit: 1 });
    if (epoch?.event.type !== 'EpochStarted') throw new Error('an epoch begins every log');
    return { partition, previous: '', ...epoch.event.data };
  }

  /** Every record, partition by partition. */
  records(): readonly Recorded[] {
    return this.log.partitions.flatMap((partition) => partition.read(1, Infinity));
  }
}

function wordsOf({ parts }: Commit): string {
  const words = parts.flatMap(({ stream, events }) =>
    events.map(({ event, actor }) => {
      const text = 'text' in event ? ` "${event.text}"` : '';
      return `${event.type}${text} in ${stream} by ${actor.session ?? actor.server}`;
    }),
  );
  return words.join(', ') || 'nothing';
}
