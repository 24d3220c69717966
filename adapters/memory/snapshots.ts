import type { Snapshot } from '../../core/snapshot-store.ts';

/** One partition's snapshots in this process's memory, as the text that another store would keep. */
export class MemorySnapshots {
  readonly #epoch: () => string;
  readonly #kept = new Map<string, string>();
  #through = 0;

  constructor(epoch: () => string) {
    this.#epoch = epoch;
  }

  get through(): number {
    return this.#through;
  }

  get(names: readonly string[]): ReadonlyMap<string, Snapshot> {
    const found = new Map<string, Snapshot>();
    for (const name of names) {
      const text = this.#kept.get(name);
      if (text !== undefined) found.set(name, JSON.parse(text) as Snapshot);
    }
    return found;
  }

  keep(
    { epoch, through }: { readonly epoch: string; readonly through: number },
    snapshots: readonly Snapshot[],
  ): boolean {
    if (epoch !== this.#epoch() || through <= this.#through) return false;
    for (const snapshot of snapshots) this.#kept.set(snapshot.name, JSON.stringify(snapshot));
    this.#through = through;
    return true;
  }

  async *names(prefix: string): AsyncGenerator<string> {
    const names = Array.from(this.#kept.keys());
    for (const name of names) if (name.startsWith(prefix)) yield name;
  }
}
