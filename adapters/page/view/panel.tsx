import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';

interface PanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/**
 * What stands beside the messages, or over them where the window is narrow. It takes the focus (its
 * first field, or its title), and gives it back when it closes.
 */
export function Panel({ title, children }: PanelProps) {
  const chat = useChat();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const field = panel.current?.querySelector<HTMLElement>('input');
    (field ?? panel.current?.querySelector<HTMLElement>('h2'))?.focus();
    return () => {
      const hasFocus = document.activeElement === document.body;
      if (hasFocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside ref={panel} class="panel" aria-label={title}>
      <header class="panel-head">
        <h2 tabIndex={-1}>{title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={`Close: ${title}`}
          onClick={() => chat.dispatch({ type: 'panelOpened', panel: undefined })}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
