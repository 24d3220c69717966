import { useState } from 'preact/hooks';

import type { Entry } from '../state/entry.ts';
import type { Timeline } from '../state/timeline.ts';

/** What is put on the page at first, and what is added when somebody reads back to its beginning. */
const firstEntries = 120;
const moreEntries = 100;
/** At the end, more than this is not kept on the page. */
const idleEntriesMax = 300;

export interface ShownEntries {
  readonly entries: readonly Entry[];
  /** Whether all that is loaded is shown. */
  readonly isWhole: boolean;
  /** Shows more of what is loaded. False if that is shown already. */
  showMore(): boolean;
  /** Somebody is at the end again. */
  showFewer(): void;
}

/**
 * The newest of what is loaded: a room of thousands of messages opens as fast as one of a hundred.
 * `place` is shown in any case.
 */
export function useShownEntries({ entries }: Timeline, place: number | undefined): ShownEntries {
  const [from, setFrom] = useState(() => placeBack(entries, entries.length, firstEntries));
  const begin = Math.min(from, place ?? Infinity);
  const index = begin === -Infinity ? 0 : entries.findIndex((entry) => entry.place >= begin);
  const first = Math.max(index, 0);
  return {
    entries: first === 0 ? entries : entries.slice(first),
    isWhole: first === 0,
    showMore: () => {
      if (first === 0) return false;
      setFrom(placeBack(entries, first, moreEntries));
      return true;
    },
    showFewer: () => {
      if (entries.length - first > idleEntriesMax)
        setFrom(placeBack(entries, entries.length, firstEntries));
    },
  };
}

/** The place of the entry that stands `count` before an index; from the beginning if there is none. */
function placeBack(entries: readonly Entry[], index: number, count: number): number {
  return index <= count ? -Infinity : (entries[index - count]?.place ?? -Infinity);
}
