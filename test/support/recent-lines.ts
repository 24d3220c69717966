import { within } from './until.ts';

/** A line as it was received. */
export interface ReceivedLine {
  readonly text: string;
  /** By `performance.now()`. */
  readonly at: number;
}

const keptMax = 4_096;

/**
 * The lines that no expectation has passed yet: at most the last 4,096 of them, so that a client
 * of whom nothing is expected may run for hours.
 */
export class RecentLines {
  readonly #kept: ReceivedLine[] = [];
  #dropped = 0;
  #ended: Error | undefined;
  #wake: (() => void) | undefined;

  push(line: ReceivedLine): void {
    this.#kept.push(line);
    if (this.#kept.length > 2 * keptMax) this.#dropped += this.#kept.splice(0, keptMax).length;
    this.#wake?.();
  }

  /** No line comes any more, for this reason. */
  end(error: Error): void {
    this.#ended = error;
    this.#wake?.();
  }

  /**
   * The first line that is this or matches it, among those behind the last one that was expected;
   * passes it and those before it.
   *
   * @throws Error telling what came instead, after `withinMs` or when the connection is over
   */
  async expect(wanted: string | RegExp, withinMs: number): Promise<ReceivedLine> {
    const what = `the line ${String(wanted)}`;
    try {
      return await within(this.#find(wanted, what), withinMs, what);
    } catch (error) {
      const last = this.#kept.slice(-5).map(({ text }) => text);
      const lost = this.#dropped === 0 ? '' : `; ${this.#dropped} lines were dropped unread`;
      const unread = `unread: ${this.#kept.length}, the last ${JSON.stringify(last)}${lost}`;
      throw new Error(`${String(error)} (${unread})`, { cause: error });
    } finally {
      this.#wake = undefined;
    }
  }

  async #find(wanted: string | RegExp, what: string): Promise<ReceivedLine> {
    if (this.#wake !== undefined) throw new Error(`two expectations at once: ${what}`);
    const suits = (text: string): boolean =>
      typeof wanted === 'string' ? text === wanted : wanted.test(text);
    for (let seen = 0; ;) {
      for (; seen < this.#kept.length; seen++) {
        const line = this.#kept[seen];
        if (line === undefined || !suits(line.text)) continue;
        this.#kept.splice(0, seen + 1);
        return line;
      }
      if (this.#ended !== undefined) throw this.#ended;
      const before = this.#dropped;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      seen = Math.max(0, seen - (this.#dropped - before));
    }
  }
}
