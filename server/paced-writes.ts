/**
 * Writes the latest value of each key, now and then: the first at once, and what is put within
 * `pauseMs` of it together. So somebody who reads fast does not fill the log with where they are.
 */
export class PacedWrites<K, V> {
  readonly #pauseMs: number;
  readonly #write: (values: ReadonlyMap<K, V>) => Promise<void>;
  #waiting = new Map<K, V>();
  #writing: Promise<void> | undefined;
  #cutPause: () => void = () => {};
  #isHurried = false;

  /** `write` does not reject: what it cannot write it may put again, or let go of. */
  constructor(pauseMs: number, write: (values: ReadonlyMap<K, V>) => Promise<void>) {
    this.#pauseMs = pauseMs;
    this.#write = write;
  }

  put(key: K, value: V): void {
    this.#waiting.set(key, value);
    this.#proceed();
  }

  /** Lets go of what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Writes at once what waits, and what comes from now on; resolves when that is done. */
  async settled(): Promise<void> {
    this.#isHurried = true;
    this.#cutPause();
    this.#proceed();
    await this.#writing;
  }

  #proceed(): void {
    if (this.#waiting.size === 0) return;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const values = this.#waiting;
      this.#waiting = new Map();
      await this.#write(values);
      if (!this.#isHurried) await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#cutPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
