import { useReducer, useRef } from 'preact/hooks';

import type { Entry } from '../state/entry.ts';
import {
  indicesOf,
  newerShown,
  newestShown,
  olderShown,
  type Shown,
  shownAround,
  trimmed,
} from '../state/shown.ts';
import type { Timeline } from '../state/timeline.ts';

export interface ShownEntries {
  readonly entries: readonly Entry[];
  /** Whether the first of what is loaded is shown. */
  readonly isFirst: boolean;
  /** Whether the last is. */
  readonly isLast: boolean;
  /** Shows more of what is loaded. False if that is shown already. */
  readonly showOlder: () => boolean;
  readonly showNewer: () => void;
  readonly showEnd: () => void;
  /** Takes off the page what is too much, where nobody is. */
  readonly trim: (isAtEnd: boolean) => void;
}

/** What is on the page of what is loaded. The message that was searched for is, when it is asked for. */
export function useShownEntries(
  { entries }: Timeline,
  target: { readonly place: number; readonly asked: number } | undefined,
): ShownEntries {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const held = useRef<Shown | undefined>(undefined);
  const asked = useRef<number | undefined>(undefined);
  held.current ??= newestShown(entries);
  if (target !== undefined && target.asked !== asked.current) {
    asked.current = target.asked;
    if (!has(held.current, target.place)) held.current = shownAround(entries, target.place);
  }
  let [first, last] = indicesOf(entries, held.current);
  // The log was set back, and took all that was shown.
  if (first >= last && entries.length > 0) {
    held.current = newestShown(entries);
    [first, last] = indicesOf(entries, held.current);
  }
  const shown = held.current;
  const show = (next: Shown): void => {
    if (next.from === shown.from && next.to === shown.to) return;
    held.current = next;
    draw(undefined);
  };
  const isWhole = first === 0 && last === entries.length;
  return {
    entries: isWhole ? entries : entries.slice(first, last),
    isFirst: first === 0,
    isLast: last === entries.length,
    showOlder: () => {
      if (first > 0) show(olderShown(entries, shown));
      return first > 0;
    },
    showNewer: () => {
      if (last < entries.length) show(newerShown(entries, shown));
    },
    showEnd: () => show(newestShown(entries)),
    trim: (isAtEnd) => show(trimmed(entries, shown, isAtEnd)),
  };
}

const has = ({ from, to }: Shown, place: number): boolean => place >= from && place < to;
