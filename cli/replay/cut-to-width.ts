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
