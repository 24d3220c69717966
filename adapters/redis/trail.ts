/** Every one of the last so many records is remembered: this finds a rollback's place exactly. */
export const recentMax = 65_536;
/** Of older ones every so manieth, and not more of them than this; then half as many. */
export const firstStride = 4_096;
export const checkpointsMax = 1_024;

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
  /** By their last digits in base `recentMax`; 0 and empty where there is none. */
  readonly #positions: number[] = [];
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
    // One that is read again long after takes no recent one's place.
    if (position >= (this.#positions[slot] ?? 0)) {
      this.#positions[slot] = position;
      this.#ids[slot] = id;
    }
    if (position > (this.#last?.position ?? 0)) this.#last = { position, id };
    if (position % this.#stride === 0) this.#checkpoint({ position, id });
  }

  /** All that is remembered, by position. */
  places(): readonly Place[] {
    const places = this.#checkpoints.filter(({ position }) => !this.#isRecent(position));
    // Passes over what was never noted.
    this.#positions.forEach((position, slot) => {
      if (position > 0) places.push({ position, id: this.#ids[slot] ?? '' });
    });
    return places.toSorted((one, other) => one.position - other.position);
  }

  /** Forgets the records from a position on. */
  cut(from: number): void {
    this.#positions.forEach((position, slot) => {
      if (position < from) return;
      this.#positions[slot] = 0;
      this.#ids[slot] = '';
    });
    this.#checkpoints = this.#checkpoints.filter(({ position }) => position < from);
    this.#last = this.places().at(-1);
  }

  #isRecent(position: number): boolean {
    return this.#positions[position % recentMax] === position;
  }

  #checkpoint(place: Place): void {
    if (this.#checkpoints.some(({ position }) => position === place.position)) return;
    this.#checkpoints.push(place);
    if (this.#checkpoints.length <= checkpointsMax) return;
    this.#stride *= 2;
    this.#checkpoints = this.#checkpoints.filter(({ position }) => position % this.#stride === 0);
  }
}
