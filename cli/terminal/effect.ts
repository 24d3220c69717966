import type { ServerLine, Spoken } from './server-line.ts';

/** What a conversation wants done, in order. */
export type Effect =
  | { readonly do: 'connect' }
  | { readonly do: 'send'; readonly line: string }
  /** End the connection. */
  | { readonly do: 'hangUp' }
  /** Ask the person; what is entered next is the answer. */
  | { readonly do: 'ask'; readonly prompt: string; readonly echo: boolean }
  /** What is entered next is said in the chat. */
  | { readonly do: 'chat'; readonly prompt: string }
  | { readonly do: 'show'; readonly line: ServerLine }
  /** Show what the person said: the server does not. */
  | { readonly do: 'own'; readonly spoken: Spoken }
  | { readonly do: 'tell'; readonly words: string; readonly tone: 'notice' | 'error' }
  /** Put an entered text back to where it was typed. */
  | { readonly do: 'giveBack'; readonly text: string }
  /** Come back with `waited`. A later wait replaces an earlier one. */
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'finish'; readonly code: 0 | 1 };

/** Something the client itself says. */
export const tell = (words: string): Effect => ({ do: 'tell', words, tone: 'notice' });
export const fail = (words: string): Effect => ({ do: 'tell', words, tone: 'error' });
