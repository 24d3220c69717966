import { graphemesOf, graphemeWidth } from './display-width.ts';

/** What a person is typing, and where the next character goes. */
export interface InputLine {
  readonly prompt: string;
  readonly text: string;
  /** An index into `text`, in UTF-16 units. */
  readonly cursor: number;
}

export interface InputLayout {
  /** From the prompt on; none is wider than the terminal. */
  readonly rows: readonly string[];
  readonly cursor: {
    readonly row: number;
    /** What stands before the cursor on its row: writing it puts the cursor where it belongs. */
    readonly before: string;
  };
}

/**
 * Breaks an input line into rows of at most `columns`. A wide character that does not fit begins
 * the next row, and behind a full last row there is an empty one for the cursor.
 */
export function layOut({ prompt, text, cursor }: InputLine, columns: number): InputLayout {
  const rows = [''];
  const last = (): number => rows.length - 1;
  let width = 0;
  let place: InputLayout['cursor'] | undefined;
  let index = -prompt.length;
  for (const grapheme of [...graphemesOf(prompt), ...graphemesOf(text)]) {
    const taken = graphemeWidth(grapheme);
    if (width + taken > columns) {
      rows.push('');
      width = 0;
    }
    if (index >= cursor) place ??= { row: last(), before: rows[last()] ?? '' };
    rows[last()] += grapheme;
    width += taken;
    index += grapheme.length;
  }
  if (place === undefined && width >= columns) rows.push('');
  return { rows, cursor: place ?? { row: last(), before: rows[last()] ?? '' } };
}
