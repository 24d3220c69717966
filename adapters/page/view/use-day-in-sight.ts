import type { RefObject } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';

/** Where the topmost row is looked for, from the top: between two rows there may be some room. */
const probesPx = [2, 12, 24];
/** A mark this near to the top would lie under the day: it tells it itself. */
const marksPx = [12, 24, 36, 48];
/** Into the row, past the edge. */
const insetPx = 24;

/** What is shown one below the other; a mark of a day has its midnight. */
type AnyRow = { readonly kind: string; readonly key: string; readonly at?: number };

export interface DayInSight {
  /** The day of what stands at the top; undefined where its own mark does, or nothing. */
  readonly at: number | undefined;
  /** To be called when something was scrolled or drawn. */
  readonly look: () => void;
}

/**
 * Which day one reads. Marks cannot stick by their style alone: those of a long day are in another
 * part of the page, which the browser does not lay out.
 */
export function useDayInSight(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly AnyRow[],
): DayInSight {
  const [at, setAt] = useState<number | undefined>();
  const latest = useRef(rows);
  latest.current = rows;
  const look = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const top = topmost(box);
    if (top !== undefined) setAt(dayAt(latest.current, top));
  }, [scroller]);
  return { at, look };
}

/** What stands at the top; undefined where something else covers it. */
function topmost(box: HTMLElement): Element | undefined {
  const { left, top } = box.getBoundingClientRect();
  const hitAt = (px: number) => document.elementFromPoint(left + insetPx, top + px);
  for (const px of marksPx) {
    const mark = hitAt(px)?.closest('.day-mark');
    if (mark !== undefined && mark !== null) return mark;
  }
  for (const px of probesPx) {
    const hit = hitAt(px);
    if (hit === null || !box.contains(hit)) return undefined;
    const row = hit.closest('[data-row], .day-mark, .beginning, .first');
    if (row !== null) return row;
  }
  return undefined;
}

function dayAt(rows: readonly AnyRow[], top: Element): number | undefined {
  const key = top.getAttribute('data-row');
  const index = key === null ? -1 : rows.findIndex((row) => row.key === key);
  return rows.slice(0, index + 1).findLast(({ kind }) => kind === 'day')?.at;
}
