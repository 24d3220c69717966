interface MarkedProps {
  readonly text: string;
  /** Finds what is marked. */
  readonly pattern: RegExp;
}

/** What stands before the first find; a long message is shown from there. */
const contextCharacters = 40;
const shownCharactersMax = 220;

/** A text with what was searched for marked in it, short enough for a list. */
export function Marked({ text, pattern }: MarkedProps) {
  const first = text.search(pattern);
  const begin = first > contextCharacters ? first - contextCharacters : 0;
  const shown = text.slice(begin, begin + shownCharactersMax);
  const parts: (string | preact.JSX.Element)[] = begin > 0 ? ['…'] : [];
  let end = 0;
  for (const match of shown.matchAll(pattern)) {
    parts.push(shown.slice(end, match.index), <mark>{match[0]}</mark>);
    end = match.index + match[0].length;
  }
  parts.push(shown.slice(end));
  if (begin + shownCharactersMax < text.length) parts.push('…');
  return (
    <span class="result-text" dir="auto">
      {parts}
    </span>
  );
}
