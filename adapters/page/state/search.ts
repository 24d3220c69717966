import type { Message } from './entry.ts';
import { keyOf, type Talk, type TalkKey } from './talk.ts';

export interface Found {
  readonly key: TalkKey;
  readonly message: Message;
}

/** More than anybody looks through; a longer search finds less. */
export const foundMax = 100;

/** A pattern that finds each of the words, in any case; undefined for none. */
export function patternOf(query: string): RegExp | undefined {
  const words = wordsOf(query);
  return words.length === 0 ? undefined : new RegExp(words.map(escaped).join('|'), 'giu');
}

/** Messages that are loaded and have all words in text or author, the newest first. */
export function search(talks: Iterable<Talk>, query: string): readonly Found[] {
  const patterns = wordsOf(query).map((word) => new RegExp(escaped(word), 'iu'));
  if (patterns.length === 0) return [];
  const found: Found[] = [];
  for (const talk of talks) {
    const key = keyOf(talk);
    for (const entry of talk.timeline.entries) {
      if (entry.kind !== 'message') continue;
      const { user, text } = entry;
      if (patterns.every((pattern) => pattern.test(text) || pattern.test(user)))
        found.push({ key, message: entry });
    }
  }
  return found.toSorted((a, b) => b.message.at - a.message.at).slice(0, foundMax);
}

function wordsOf(query: string): readonly string[] {
  return query
    .normalize('NFC')
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** As `RegExp.escape`, which browsers of 2024 do not have. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
