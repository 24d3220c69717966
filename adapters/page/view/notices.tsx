import { useEffect } from 'preact/hooks';

import type { Notice } from '../state/page-state.ts';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';

/** Long enough to be read twice. */
const shownMs = 8_000;

/** Short words about what was asked for. They go by themselves. */
export function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <div class="notices" role="status">
      {notices.map((notice) => (
        <NoticeBox key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeBox({ notice: { id, words } }: { readonly notice: Notice }) {
  const chat = useChat();
  const close = (): void => chat.dispatch({ type: 'noticeClosed', id });
  useEffect(() => {
    const timer = setTimeout(close, shownMs);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <div class="notice">
      <span>{words}</span>
      <button type="button" class="icon-button" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}
