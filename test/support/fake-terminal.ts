import { EventEmitter } from 'node:events';

import { graphemesOf, graphemeWidth } from '../../cli/terminal/display-width.ts';

/** Control sequences with their parameters, other controls, or text. */
const tokens = /\u001b\[([?\d;]*)([A-Za-z])|([\r\n])|([^\u001b\r\n]+)/gu;

/**
 * A terminal in memory that understands what {@link Screen} writes, and nothing else: a sequence
 * that it does not know is an error. Lines that scroll off the top are kept.
 */
export class FakeTerminal extends EventEmitter {
  columns: number;
  rows: number;
  /** Every write as it came. */
  readonly writes: string[] = [];
  /** Cells of each line, the second half of a wide character being ''. The last `rows` are seen. */
  #lines: string[][] = [[]];
  #top = 0;
  #row = 0;
  #column = 0;
  #wraps = true;
  /** The last column was written: the next character goes to the next row. */
  #isWrapDue = false;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  /** All rows from the first that was ever written, without blanks at their ends. */
  get text(): string[] {
    return this.#lines.map((cells) => cells.join('').trimEnd());
  }

  /** Where the cursor is: its row among `text`, and its column. */
  get cursor(): { row: number; column: number } {
    return { row: this.#top + this.#row, column: this.#column };
  }

  write(written: string): boolean {
    this.writes.push(written);
    let understood = 0;
    for (const [token, parameters = '', final, control, text] of written.matchAll(tokens)) {
      understood += token.length;
      if (final !== undefined) this.#sequence(parameters, final);
      else if (control === '\r') this.#moveTo(this.#row, 0);
      else if (control === '\n') this.#lineFeed();
      else for (const grapheme of graphemesOf(text ?? '')) this.#put(grapheme);
    }
    if (understood !== written.length)
      throw new Error(`not understood: ${JSON.stringify(written)}`);
    return true;
  }

  #sequence(parameters: string, final: string): void {
    switch (parameters + final) {
      case '?7l':
      case '?7h':
        this.#wraps = final === 'h';
        break;
      case 'J':
        this.#cells().length = Math.min(this.#column, this.#cells().length);
        this.#lines.length = this.#top + this.#row + 1;
        break;
      case '2J':
        this.#top = this.#lines.length;
        break;
      case 'H':
        this.#moveTo(0, 0);
        break;
      case '1m':
      case '22m':
      case '?2004h':
      case '?2004l':
        break;
      default:
        if (!/^\d+A$/.test(parameters + final)) throw new Error(`unknown: ${parameters}${final}`);
        this.#moveTo(Math.max(this.#row - Number(parameters), 0), this.#column);
    }
  }

  #put(grapheme: string): void {
    const width = graphemeWidth(grapheme);
    if (width === 0) return;
    if (this.#wraps && (this.#isWrapDue || this.#column + width > this.columns)) {
      this.#lineFeed();
      this.#column = 0;
    }
    const column = Math.min(this.#column, this.columns - width);
    const cells = this.#cells();
    for (let blank = cells.length; blank < column; blank++) cells[blank] = ' ';
    cells[column] = grapheme;
    if (width === 2) cells[column + 1] = '';
    this.#isWrapDue = column + width === this.columns;
    this.#column = Math.min(column + width, this.columns - 1);
  }

  #lineFeed(): void {
    if (this.#row + 1 < this.rows) this.#row += 1;
    else this.#top += 1;
    this.#isWrapDue = false;
    this.#cells();
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    this.#isWrapDue = false;
    this.#cells();
  }

  #cells(): string[] {
    const line = this.#top + this.#row;
    while (this.#lines.length <= line) this.#lines.push([]);
    return this.#lines[line] ?? [];
  }
}
