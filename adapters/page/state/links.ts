/** A part of a text: a link where `href` is. Shown one after the other they are the text again. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

const address = /\bhttps?:\/\/[^\s<>"`]+/giu;
/** What ends a sentence, not an address. */
const trailing = /[.,:;!?'*_~…]+$/u;
/** Characters that are not seen, or turn the order of others around: an address could lie with them. */
const deceiving = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Finds what may be opened: `http` and `https`, and nothing else that a browser would run. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = trimmed(match[0]);
    const href = hrefOf(found);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Without the sentence's own marks, and without a bracket that was opened before the address. */
function trimmed(found: string): string {
  let rest = found;
  for (;;) {
    const shorter = withoutLoneBracket(rest.replace(trailing, ''));
    if (shorter === rest) return rest;
    rest = shorter;
  }
}

function withoutLoneBracket(found: string): string {
  for (const [open, close] of ['()', '[]', '{}']) {
    if (open === undefined || close === undefined || !found.endsWith(close)) continue;
    if (found.split(close).length > found.split(open).length) return found.slice(0, -1);
  }
  return found;
}

function hrefOf(found: string): string | undefined {
  if (deceiving.test(found) || !URL.canParse(found)) return undefined;
  const { protocol, username, password, href } = new URL(found);
  // `https://bank.example@evil.example` looks like the one and opens the other.
  if (username !== '' || password !== '') return undefined;
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
