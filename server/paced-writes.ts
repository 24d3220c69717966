/**
 * Writes the latest value of each key, now and then: the first at once, and what is put within
 * `pauseMs` of it together. So somebody who reads fast does not fill the log with where they are.
 */
export class PacedWrites<K, V> {
  readonly #pauseMs: number;
  readonly #write: (values: ReadonlyMap<K, V>) => Promise<boolean>;
  #waiting = new Map<K, V>();
  #writing: Promise<void> | undefined;
  #cutPause: () => void = () => {};
  #isHurried = false;

  /** `write` does not reject, and answers whether it is done: if not, it is called again. */
  constructor(pauseMs: number, write: (values: ReadonlyMap<K, V>) => Promise<boolean>) {
    this.#pauseMs = pauseMs;
    this.#write = write;
  }

  put(key: K, value: V): void {
    this.#waiting.set(key, value);
    this.#proceed();
  }

  /** What waits to be written of a key. */
  waiting(key: K): V | undefined {
    return this.#waiting.get(key);
  }

  /** Lets go of what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Writes at once, and once only, what waits and what comes from now on; resolves after that. */
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
      const isDone = await this.#write(values);
      if (this.#isHurried) continue;
      // What was put meanwhile is newer.
      if (!isDone) this.#waiting = new Map([...values, ...this.#waiting]);
      await this.#pause();
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
