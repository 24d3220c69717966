import { textWidth } from './display-width.ts';
import { type InputLine, type InputLayout, layOut } from './input-layout.ts';

/** The part of `tty.WriteStream` that drawing needs. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

// ECMA-48 control sequences, and DEC's autowrap mode (DECAWM).
const eraseBelow = '\u001b[J';
const clearAll = '\u001b[H\u001b[2J';
const autowrapOff = '\u001b[?7l';
const autowrapOn = '\u001b[?7h';
const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');

interface Drawn extends InputLayout {
  /** Whether the first of these rows is the one that begins with the prompt. */
  readonly fromPrompt: boolean;
}

const nothing: Drawn = { rows: [''], cursor: { row: 0, before: '' }, fromPrompt: true };

/**
 * A terminal on which finished lines scroll by above the one that is being typed.
 *
 * The input is broken into rows here and drawn with autowrap off, so that it always takes as many
 * rows as we think, however wide the terminal holds an emoji to be; and the cursor gets its column
 * by writing what stands before it once more. What changes at one moment is drawn by one write.
 */
export class Screen {
  readonly #output: ScreenOutput;
  readonly #paintPrompt: (prompt: string) => string;
  #input: InputLine | undefined;
  #printed: string[] = [];
  #drawn = nothing;
  #due = false;

  constructor(output: ScreenOutput, paintPrompt: (prompt: string) => string = (prompt) => prompt) {
    this.#output = output;
    this.#paintPrompt = paintPrompt;
  }

  /** Puts a finished line above the input. It may be painted, and as long as it likes. */
  print(line: string): void {
    this.#printed.push(line);
    this.#schedule();
  }

  /** Shows what is being typed now; undefined: nothing can be typed. */
  show(input: InputLine | undefined): void {
    this.#input = input;
    this.#schedule();
  }

  /** To be called when the terminal has another size. */
  resized(): void {
    this.#drawn = reflowed(this.#drawn, this.#columns);
    this.#schedule();
  }

  /** Wipes everything and draws the input at the top. */
  clear(): void {
    this.#drawn = nothing;
    this.#output.write(clearAll);
    this.#schedule();
  }

  /** Draws what has changed at once; otherwise it is drawn when the current work is done. */
  flush(): void {
    if (!this.#due) return;
    this.#due = false;
    const next = this.#input === undefined ? nothing : this.#visible(this.#input);
    const printed = this.#printed.map((line) => `${line}\r\n`).join('');
    this.#output.write(`${up(this.#drawn.cursor.row)}\r${eraseBelow}${printed}${this.#draw(next)}`);
    this.#printed = [];
    this.#drawn = next;
  }

  get #columns(): number {
    return Math.max(this.#output.columns ?? 80, 2);
  }

  #schedule(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.flush());
  }

  /** The rows of the input around the cursor, as many as the terminal has. */
  #visible(input: InputLine): Drawn {
    const { rows, cursor } = layOut(input, this.#columns);
    const height = Math.max(this.#output.rows ?? 24, 1);
    const first = Math.min(Math.max(cursor.row - height + 1, 0), rows.length);
    return {
      rows: rows.slice(first, first + height),
      cursor: { row: cursor.row - first, before: cursor.before },
      fromPrompt: first === 0,
    };
  }

  #draw({ rows, cursor, fromPrompt }: Drawn): string {
    if (this.#input === undefined) return '';
    const { prompt } = this.#input;
    const paint = (text: string, row: number): string =>
      fromPrompt && row === 0 && text.startsWith(prompt)
        ? this.#paintPrompt(prompt) + text.slice(prompt.length)
        : text;
    const drawn = rows.map(paint).join('\r\n');
    const back = up(rows.length - 1 - cursor.row);
    return `${autowrapOff}${drawn}${back}\r${paint(cursor.before, cursor.row)}${autowrapOn}`;
  }
}

/**
 * Where the cursor of a drawn input is after the terminal took another width: most terminals break
 * rows that no longer fit in two, and keep the cursor at its character.
 */
function reflowed({ rows, cursor, fromPrompt }: Drawn, columns: number): Drawn {
  const takes = (row: string): number => Math.max(Math.ceil(textWidth(row) / columns), 1);
  const above = rows.slice(0, cursor.row).reduce((sum, row) => sum + takes(row), 0);
  const within = Math.floor(textWidth(cursor.before) / columns);
  return { rows, cursor: { row: above + within, before: cursor.before }, fromPrompt };
}
