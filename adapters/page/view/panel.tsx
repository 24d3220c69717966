import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { usePhone } from './use-phone.ts';

interface PanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/**
 * What stands beside the messages, or alone where the window is narrow. It takes the focus (its first
 * field, or its title), and gives it back when it closes.
 */
export function Panel({ title, children }: PanelProps) {
  const chat = useChat();
  const panel = useRef<HTMLDivElement>(null);
  const isMain = usePhone();
  const Title = isMain ? 'h1' : 'h2';
  useEffect(() => {
    const before = document.activeElement;
    const field = panel.current?.querySelector<HTMLElement>('input');
    (field ?? panel.current?.querySelector<HTMLElement>('.panel-head > [tabindex]'))?.focus();
    return () => {
      const hasFocus = document.activeElement === document.body;
      if (hasFocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div ref={panel} class="panel" role={isMain ? 'main' : 'complementary'} aria-label={title}>
      <header class="panel-head">
        <Title tabIndex={-1}>{title}</Title>
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
    </div>
  );
}
