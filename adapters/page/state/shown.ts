import type { Entry } from './entry.ts';
import { firstNotBefore } from './timeline.ts';

/**
 * The part of what is loaded that is on the page: a room of thousands of messages opens as fast as
 * one of a hundred, and stays as light however far somebody reads back.
 */
export interface Shown {
  /** Entries at this place and after it; -Infinity: also what is still to be loaded before them. */
  readonly from: number;
  /** Entries before this place; Infinity: also what is still to come. */
  readonly to: number;
}

/** Some screens. */
const firstEntries = 120;
const moreEntries = 100;
/** At the end, where more comes, more than this is not kept on the page. */
const idleEntriesMax = 300;
/** More than this is never on the page for long: each row costs at each change. */
export const shownEntriesMax = 400;

/** The newest of what is loaded. */
export function newestShown(entries: readonly Entry[]): Shown {
  return { from: placeAt(entries, entries.length - firstEntries), to: Infinity };
}

/** What lies around a place. */
export function shownAround(entries: readonly Entry[], place: number): Shown {
  const at = firstNotBefore(entries, place);
  return between(entries, at - firstEntries, at + firstEntries);
}

/** The indices of what is shown: the first, and the one behind the last. */
export function indicesOf(entries: readonly Entry[], { from, to }: Shown): [number, number] {
  const last = to === Infinity ? entries.length : firstNotBefore(entries, to);
  return [from === -Infinity ? 0 : firstNotBefore(entries, from), last];
}

/** With more of what comes before it; as much at the other end makes way. */
export function olderShown(entries: readonly Entry[], shown: Shown): Shown {
  const [first, last] = indicesOf(entries, shown);
  const begin = first - moreEntries;
  return between(entries, begin, Math.min(last, Math.max(begin, 0) + shownEntriesMax));
}

/** With more of what comes after it. */
export function newerShown(entries: readonly Entry[], shown: Shown): Shown {
  const [first, last] = indicesOf(entries, shown);
  const end = Math.min(last + moreEntries, entries.length);
  return between(entries, Math.max(first, end - shownEntriesMax), end);
}

/** Without what is too much: of whoever is at the end the oldest, else the newest. */
export function trimmed(entries: readonly Entry[], shown: Shown, isAtEnd: boolean): Shown {
  const [first, last] = indicesOf(entries, shown);
  if (isAtEnd) return last - first > idleEntriesMax ? newestShown(entries) : shown;
  if (last - first <= shownEntriesMax) return shown;
  return { from: shown.from, to: placeAt(entries, first + shownEntriesMax) };
}

function between(entries: readonly Entry[], first: number, last: number): Shown {
  const to = last >= entries.length ? Infinity : placeAt(entries, last);
  return { from: placeAt(entries, first), to };
}

/** From the first entry on, all that may still be loaded before it belongs to it. */
function placeAt(entries: readonly Entry[], index: number): number {
  return index <= 0 ? -Infinity : (entries[index]?.place ?? Infinity);
}
