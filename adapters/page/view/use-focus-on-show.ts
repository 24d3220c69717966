import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Gives the focus to what has just come in sight, so that a screen reader begins there. */
export function useFocusOnShow<E extends HTMLElement>(): RefObject<E | null> {
  const element = useRef<E | null>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
