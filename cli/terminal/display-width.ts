import { eastAsianWidth } from 'get-east-asian-width';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const takesNoColumn = /^[\p{M}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]$/u;
const emojiPresentation = '\ufe0f';

/** What a reader takes for one character each (Unicode Annex 29): an emoji of several parts too. */
export function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * How many columns a terminal gives to one grapheme: none, one or two (Unicode Annex 11).
 * Terminals disagree about emoji of several code points, so who draws must not rely on it alone.
 */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.includes(emojiPresentation)) return 2;
  let width = 0;
  for (const character of grapheme) {
    if (!takesNoColumn.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return Math.min(width, 2);
}

/** The columns of a text that stands on one row. */
export function textWidth(text: string): number {
  return graphemesOf(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}
