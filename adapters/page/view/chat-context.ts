import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Chat } from '../session/chat.ts';

const ChatContext = createContext<Chat | undefined>(undefined);

export const ChatProvider = ChatContext.Provider;

/** The session that this page is about. */
export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (chat === undefined) throw new Error('A part of the page stands outside of it');
  return chat;
}
