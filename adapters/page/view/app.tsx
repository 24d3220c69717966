import { useEffect, useReducer } from 'preact/hooks';

import type { Chat } from '../session/chat.ts';
import { unreadOf } from '../state/page-state.ts';
import { screenOf } from '../state/screen.ts';
import { ChatProvider } from './chat-context.ts';
import { ChatScreen } from './chat-screen.tsx';
import { EntryScreen } from './entry-screen.tsx';
import { PartedScreen } from './parted-screen.tsx';
import { StartingScreen } from './starting-screen.tsx';

/** The page: one of its screens, by what the state says. */
export function App({ chat }: { readonly chat: Chat }) {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => chat.store.onFrame(() => draw(undefined)), [chat]);
  const { state } = chat;
  const unread = unreadOf(state);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) SecureChat` : 'SecureChat';
  }, [unread]);
  return (
    <ChatProvider value={chat}>
      {screenOf(state) === 'chat' && state.me !== undefined ? (
        <ChatScreen state={state} me={state.me} />
      ) : screenOf(state) === 'parted' ? (
        <PartedScreen state={state} />
      ) : screenOf(state) === 'starting' ? (
        <StartingScreen state={state} />
      ) : (
        <EntryScreen state={state} />
      )}
    </ChatProvider>
  );
}
