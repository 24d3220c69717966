import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps the focus among the messages when the one that has it goes away: what is on its way makes
 * room for the message that it becomes. Takes what gets the focus.
 */
export function useRowFocus(scroller: RefObject<HTMLElement | null>): (target: Element) => void {
  const focused = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    if (focused.current === null || focused.current.isConnected) return;
    focused.current = null;
    if (document.activeElement !== document.body) return;
    const rows = scroller.current?.querySelectorAll<HTMLElement>('[data-row][tabindex]');
    rows?.item(rows.length - 1)?.focus({ preventScroll: true });
  });
  return (target) => {
    focused.current = target.closest<HTMLElement>('[data-row]');
  };
}
