import { graphemesOf, graphemeWidth, textWidth } from '../terminal/display-width.ts';

/** The text in exactly so many columns: filled up, or cut with an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  const width = textWidth(text);
  if (width <= columns) return text + ' '.repeat(columns - width);
  let cut = '';
  let taken = 1;
  for (const grapheme of graphemesOf(text)) {
    const next = taken + graphemeWidth(grapheme);
    if (next > columns) break;
    cut += grapheme;
    taken = next;
  }
  return `${cut}…${' '.repeat(columns - taken)}`;
}

/** The text in rows of at most so many columns; of more than `rowsMax` the rest is an ellipsis. */
export function rowsOf(text: string, columns: number, rowsMax: number): readonly string[] {
  const rows: string[] = [];
  let [row, width] = ['', 0];
  for (const grapheme of graphemesOf(text)) {
    const next = width + graphemeWidth(grapheme);
    if (next <= columns) {
      [row, width] = [row + grapheme, next];
      continue;
    }
    // The last row takes one more than fits, so that it is seen to be cut.
    if (rows.length === rowsMax - 1) return [...rows, cutToWidth(row + grapheme, columns)];
    rows.push(row);
    [row, width] = [grapheme, graphemeWidth(grapheme)];
  }
  return [...rows, row];
}
