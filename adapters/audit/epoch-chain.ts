import type { EpochStarted } from '../../core/epoch.ts';

/** The epochs of a partition, as its log tells of them. */
export class EpochChain {
  readonly #epochs: EpochStarted['data'][] = [];

  /** The one in force; empty before the first. */
  get current(): string {
    return this.#epochs.at(-1)?.epoch ?? '';
  }

  add(started: EpochStarted['data']): void {
    this.#epochs.push(started);
  }

  /** Where the log was set back: from which position on the records of an epoch were lost. */
  get losses(): readonly { readonly epoch: string; readonly from: number }[] {
    return this.#epochs.flatMap(({ previous, from }) =>
      previous === undefined ? [] : { epoch: previous, from },
    );
  }

  /**
   * Whether the log tells that this epoch's record at `position` was lost: it was set back then, or
   * later, to a place before it.
   */
  hasLost(epoch: string, position: number): boolean {
    const own = this.#epochs.findIndex((one) => one.epoch === epoch);
    const next = this.#epochs.findIndex((one) => one.previous === epoch);
    const since = own >= 0 ? own + 1 : next;
    return since >= 0 && this.#epochs.slice(since).some(({ from }) => from <= position);
  }
}
