const paintEveryMs = 100;

/** A line on a terminal's standard error that tells how far a long run has come; elsewhere nothing. */
export class ProgressLine {
  readonly #what: string;
  readonly #total: number | undefined;
  #paintedAt = 0;
  #isPainted = false;

  /** `total`: how many records there are, where that is known. */
  constructor(what: string, total?: number) {
    this.#what = what;
    this.#total = total;
  }

  readonly update = (records: number): void => {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#paintedAt < paintEveryMs) return;
    this.#paintedAt = now;
    this.#isPainted = true;
    process.stderr.write(`\r\u001b[K${this.#what} ${this.#words(records)}`);
  };

  /** Takes the line away. */
  end(): void {
    if (this.#isPainted) process.stderr.write('\r\u001b[K');
  }

  #words(records: number): string {
    const count = records.toLocaleString('en-US');
    if (this.#total === undefined || this.#total === 0) return `${count} records`;
    const percent = Math.min(100, Math.floor((100 * records) / this.#total));
    return `${count} of ${this.#total.toLocaleString('en-US')} records (${percent} %)`;
  }
}
