/** More lines than anybody goes back to by the arrow keys. */
const linesMax = 500;

/** The lines entered before, and where in them the arrow keys have gone. */
export class InputHistory {
  readonly #lines: string[] = [];
  /** How many lines back; 0 is the line being typed. */
  #back = 0;
  #draft = '';

  /** Remembers an entered line, and goes back to the present. */
  add(line: string): void {
    if (line !== '' && this.#lines.at(-1) !== line) this.#lines.push(line);
    if (this.#lines.length > linesMax) this.#lines.shift();
    this.#back = 0;
  }

  /** The line before the one shown; undefined when there is none. What is shown is kept. */
  older(shown: string): string | undefined {
    if (this.#back === this.#lines.length) return undefined;
    if (this.#back === 0) this.#draft = shown;
    this.#back += 1;
    return this.#lines.at(-this.#back);
  }

  /** The line after the one shown; in the end the one that was being typed. */
  newer(): string | undefined {
    if (this.#back === 0) return undefined;
    this.#back -= 1;
    return this.#back === 0 ? this.#draft : this.#lines.at(-this.#back);
  }
}
