/** Every one of the last so many records is remembered: this finds a rollback's place exactly. */
const recentMax = 65_536;
/** Of older ones every so manieth, and not more of them than this; then half as many. */
const firstStride = 4_096;
const checkpointsMax = 1_024;

/** A record, as far as it takes to know it again. */
export interface Place {
  readonly position: number;
  readonly id: string;
}

/**
 * Which records of one partition this process has seen, and where. When the log is another one
 * after a reconnect, this tells from which position on.
 */
export class Trail {
  readonly #positions = new Float64Array(recentMax);
  readonly #ids: string[] = [];
  #checkpoints: Place[] = [];
  #stride = firstStride;
  #last: Place | undefined;

  /** The furthest record seen. */
  get last(): Place | undefined {
    return this.#last;
  }

  note(position: number, id: string): void {
    const slot = position % recentMax;
    this.#positions[slot] = position;
    this.#ids[slot] = id;
    if (position > (this.#last?.position ?? 0)) this.#last = { position, id };
    if (position % this.#stride === 0) this.#checkpoint({ position, id });
  }

  /** All that is remembered, by position. */
  places(): readonly Place[] {
    const recent: Place[] = [];
    for (const [slot, position] of this.#positions.entries()) {
      const id = this.#ids[slot];
      if (position > 0 && id !== undefined) recent.push({ position, id });
    }
    recent.sort((one, other) => one.position - other.position);
    const oldest = recent[0]?.position ?? 0;
    return [...this.#checkpoints.filter(({ position }) => position < oldest), ...recent];
  }

  /** Forgets the records from a position on. */
  cut(from: number): void {
    for (const [slot, position] of this.#positions.entries()) {
      if (position >= from) this.#positions[slot] = 0;
    }
    this.#checkpoints = this.#checkpoints.filter(({ position }) => position < from);
    this.#last = this.places().at(-1);
  }

  #checkpoint(place: Place): void {
    this.#checkpoints.push(place);
    if (this.#checkpoints.length <= checkpointsMax) return;
    this.#stride *= 2;
    this.#checkpoints = this.#checkpoints
      .filter(({ position }) => position % this.#stride === 0)
      .toSorted((one, other) => one.position - other.position);
  }
}
