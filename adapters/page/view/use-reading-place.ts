import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { type Anchor, anchorsIn, restore } from './scroll-anchor.ts';

/** Whoever is this close to the end is at the end. */
const endPx = 48;
/** Whoever is this close to what is not on the page will soon want it, in screens. */
const nearScreens = 1.5;
/** Where the first new message is put, from the top. */
const newFromTopPx = 80;

export interface ReadingPlace {
  readonly isAtEnd: boolean;
  /** Whether the line of what is new lies above what is in sight. */
  readonly isNewAbove: boolean;
  readonly scrolled: () => void;
  readonly toEnd: () => void;
  readonly toNew: () => void;
}

interface ReadingPlaceOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly content: RefObject<HTMLElement | null>;
  /** Whether there is something to be placed at. */
  readonly isLoaded: boolean;
  /** Whether the newest is on the page. */
  readonly isLast: boolean;
  readonly target: { readonly place: number; readonly asked: number } | undefined;
  /** Little is left above. */
  readonly nearTop: () => void;
  /** Little is left below of what is on the page. */
  readonly nearEnd: () => void;
  /** Puts the newest on the page. */
  readonly showEnd: () => void;
}

/**
 * Where a person reads. At the end they stay at the end; elsewhere the row at the top stays where it
 * is, whatever is put before it or measured anew. The browser's own anchoring is switched off by the
 * style: it gives up at the very top, where history is loaded, and Safari has none.
 */
export function useReadingPlace(options: ReadingPlaceOptions): ReadingPlace {
  const { scroller, content, isLoaded, target } = options;
  const atEnd = useRef(true);
  const anchors = useRef<readonly Anchor[]>([]);
  const isPlaced = useRef(false);
  const [isAtEnd, setAtEnd] = useState(true);
  const [isNewAbove, setNewAbove] = useState(false);
  const latest = useRef(options);
  latest.current = options;

  const look = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const toEnd = box.scrollHeight - box.scrollTop - box.clientHeight;
    const { isLast, nearTop, nearEnd } = latest.current;
    atEnd.current = isLast && toEnd < endPx;
    anchors.current = anchorsIn(box);
    setAtEnd(atEnd.current);
    const line = box.querySelector('.new-line');
    setNewAbove(line !== null && isAbove(line, box));
    if (box.scrollTop < box.clientHeight * nearScreens) nearTop();
    if (!isLast && toEnd < box.clientHeight * nearScreens) nearEnd();
  }, [scroller]);

  const keep = useCallback(() => {
    const box = scroller.current;
    if (box === null || !isPlaced.current) return;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    else restore(box, anchors.current);
  }, [scroller]);

  // After each drawing, before it is seen.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || !isLoaded) return;
    if (isPlaced.current) return keep();
    isPlaced.current = true;
    const line = box.querySelector('.new-line');
    box.scrollTop = box.scrollHeight;
    if (line !== null && isAbove(line, box)) putAtTop(line, box, newFromTopPx);
    look();
  });

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || target === undefined || !isLoaded) return;
    const row = box.querySelector<HTMLElement>(`[data-row="message:${target.place}"]`);
    if (row === null) return;
    row.scrollIntoView({ block: 'center' });
    row.classList.add('found');
    row.focus({ preventScroll: true });
    look();
  }, [target?.asked, isLoaded]);

  // Rows get their height when the browser first lays them out, and the window gets another size.
  useEffect(() => {
    const observer = new ResizeObserver(keep);
    if (scroller.current !== null) observer.observe(scroller.current);
    if (content.current !== null) observer.observe(content.current);
    return () => observer.disconnect();
  }, [keep]);

  // What was loaded may still leave little above.
  useEffect(look);

  return {
    isAtEnd,
    isNewAbove,
    scrolled: look,
    toEnd: () => {
      atEnd.current = true;
      // Where that draws what was not on the page, the end is kept after the drawing.
      if (!options.isLast) return options.showEnd();
      keep();
      look();
    },
    toNew: () => {
      const box = scroller.current;
      const line = box?.querySelector('.new-line');
      if (box === null || line === undefined || line === null) return;
      putAtTop(line, box, newFromTopPx);
      look();
    },
  };
}

function isAbove(element: Element, box: HTMLElement): boolean {
  return element.getBoundingClientRect().top < box.getBoundingClientRect().top;
}

function putAtTop(element: Element, box: HTMLElement, distancePx: number): void {
  const offset = element.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += offset - distancePx;
}
