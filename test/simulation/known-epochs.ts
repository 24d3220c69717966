import type { SharedStore } from './shared-store.ts';

/**
 * The epoch of each partition as one process knows it: from the day it came to the store until
 * something shows that the log was set back.
 */
export class KnownEpochs {
  readonly #epochs: string[];
  readonly #listeners = new Set<(partition: number) => void>();

  constructor({ log }: SharedStore) {
    this.#epochs = log.partitions.map(({ epoch }) => epoch);
  }

  of(partition: number): string {
    return this.#epochs[partition] ?? '';
  }

  /** `listener` is called when another epoch shows; ends with the result's call. */
  onAnother(listener: (partition: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  heed(partition: number, epoch: string): void {
    if (this.#epochs[partition] === epoch) return;
    this.#epochs[partition] = epoch;
    for (const listener of this.#listeners) listener(partition);
  }
}
