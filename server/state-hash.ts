import { hash } from 'node:crypto';

import { canonicalJson } from '../core/canonical-json.ts';
import type { ChatView } from '../core/views/chat.ts';
import { type ChatState, stateOf } from '../core/views/chat-state.ts';

/** A state in the one text that it has (RFC 8785), and the SHA-256 of that in UTF-8, in hex. */
export interface HashedState {
  readonly text: string;
  readonly hash: string;
}

export const hashedState = (view: ChatView): HashedState => hashed(stateOf(view));

/**
 * The state as one server knows it: of the subscriptions those of the users whose connections it
 * holds. What a server keeps is this and nothing else.
 */
export function hashedStateOf(view: ChatView, server: string): HashedState {
  const { following, ...rest } = stateOf(view);
  const isHere = (user: string): boolean => {
    const open = view.sessions.byUser.get(user);
    return open !== undefined && open.server === server && !open.isDetached;
  };
  const known = Object.entries(following).filter(([user]) => isHere(user));
  return hashed({ ...rest, following: Object.fromEntries(known) });
}

function hashed(state: ChatState): HashedState {
  const text = canonicalJson(state);
  return { text, hash: hash('sha256', text, 'hex') };
}
