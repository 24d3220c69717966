/** How many colours the style sheet has for people. */
export const huesMax = 12;

/** A colour's number, always the same for the same name. */
export function hueOf(name: string): number {
  // FNV-1a, and its bits mixed: names that differ in one letter should not look alike.
  let hash = 0x811c9dc5;
  for (const character of name)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) % huesMax;
}

/** One or two letters that stand for a name: of its first two parts, or of its beginning. */
export function initialsOf(name: string): string {
  const parts = name.split(/[^\p{L}\p{M}\p{Nd}]+/u).filter((part) => part !== '');
  const [first = name, second] = parts;
  const letters =
    second === undefined
      ? firstLetters(first, 2)
      : firstLetters(first, 1) + firstLetters(second, 1);
  return letters.toLocaleUpperCase('en');
}

function firstLetters(word: string, count: number): string {
  return [...word].slice(0, count).join('');
}
