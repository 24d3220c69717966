import { useEffect } from 'preact/hooks';

import { openTalkAt } from '../session/places.ts';
import { keyOf } from '../state/talk.ts';
import { neighbour } from '../state/talk-order.ts';
import { useChat } from './chat-context.ts';
import type { DialogName } from './chat-screen.tsx';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

/** All that the keyboard does beyond what every page does. */
export const shortcuts: readonly Shortcut[] = [
  { keys: ['Ctrl', 'K'], does: 'Search, and go to a room' },
  { keys: ['Alt', '↓'], does: 'Next room or conversation' },
  { keys: ['Alt', '↑'], does: 'Room or conversation before' },
  { keys: ['Alt', 'J'], does: 'Join or make a room' },
  { keys: ['Alt', 'M'], does: 'Show or hide the members' },
  { keys: ['Enter'], does: 'Send; on a message: its author’s menu' },
  { keys: ['Shift', 'Enter'], does: 'New line' },
  { keys: ['↑'], does: 'From an empty composer to the messages' },
  { keys: ['↑', '↓'], does: 'From message to message' },
  { keys: ['Esc'], does: 'Close; from the messages back to the composer' },
];

/** Keys that work wherever the focus is. */
export function useShortcuts(openDialog: (name: DialogName) => void): void {
  const chat = useChat();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      const { panel, open } = chat.state;
      const run = actionOf(event);
      if (run === undefined) return;
      event.preventDefault();
      run();

      function actionOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) {
        if ((ctrlKey || metaKey) && !altKey && !shiftKey && code === 'KeyK')
          return () => {
            chat.dispatch({ type: 'panelOpened', panel: 'search' });
            // If it is open already, it does not take the focus of itself.
            document.querySelector<HTMLElement>('.search-field input')?.focus();
          };
        if (key === 'Escape' && panel !== undefined)
          return () => chat.dispatch({ type: 'panelOpened', panel: undefined });
        if (!altKey || ctrlKey || metaKey || shiftKey) return undefined;
        if (key === 'ArrowDown' || key === 'ArrowUp')
          return () => step(key === 'ArrowDown' ? 1 : -1);
        if (code === 'KeyJ') return () => openDialog('join');
        if (code === 'KeyM' && open.kind === 'talk')
          return () =>
            chat.dispatch({
              type: 'panelOpened',
              panel: panel === 'members' ? undefined : 'members',
            });
        return undefined;
      }
    };
    const step = (by: 1 | -1): void => {
      const talk = neighbour(chat.state, by);
      if (talk !== undefined) openTalkAt(chat, keyOf(talk));
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [chat, openDialog]);
}
