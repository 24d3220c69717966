/** From when to when something was so. */
export interface Interval<T> {
  readonly of: T;
  readonly start: number;
  readonly end: number;
  /** `open`: it had not ended by then. */
  readonly how: 'open' | 'over' | 'lost';
}

/** What begins and ends, by a key; of what is over only so many are kept, the latest. */
export class Intervals<T> {
  readonly #max: number;
  readonly #open = new Map<string, { readonly start: number; readonly of: T }>();
  #over: Interval<T>[] = [];
  #leftOut = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  /** What is open under this key goes on. */
  open(key: string, start: number, of: T): void {
    if (!this.#open.has(key)) this.#open.set(key, { start, of });
  }

  close(key: string, end: number, how: 'over' | 'lost'): void {
    const begun = this.#open.get(key);
    if (begun === undefined) return;
    this.#open.delete(key);
    this.#over.push({ ...begun, end, how });
    // In one go now and then: to take one away at each would copy them all each time.
    if (this.#over.length < this.#max * 2) return;
    this.#drop();
  }

  /** In the order of their ends, then those that are open at `now`. */
  all(now: number): readonly Interval<T>[] {
    this.#drop();
    const open = [...this.#open.values()].map((begun) => ({
      ...begun,
      end: now,
      how: 'open' as const,
    }));
    return [...this.#over, ...open];
  }

  #drop(): void {
    const tooMany = this.#over.length - this.#max;
    if (tooMany <= 0) return;
    this.#leftOut += tooMany;
    this.#over = this.#over.slice(tooMany);
  }
}
