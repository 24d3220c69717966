import type { PageState } from './page-state.ts';
import { type DirectTalk, directKey } from './talk.ts';
import { emptyTimeline } from './timeline.ts';

/** With a conversation with this user, begun if there was none, as `change` leaves it. */
export function withDirect(
  state: PageState,
  peer: string,
  change: (talk: DirectTalk) => DirectTalk = (talk) => talk,
): PageState {
  const key = directKey(peer);
  const present = state.talks.get(key);
  const talk = present?.kind === 'direct' ? present : emptyDirect(peer);
  const changed = change(talk);
  return changed === present ? state : { ...state, talks: new Map(state.talks).set(key, changed) };
}

export const emptyDirect = (peer: string): DirectTalk => ({
  kind: 'direct',
  peer,
  timeline: emptyTimeline,
  outgoing: [],
  unread: 0,
  newAfter: undefined,
  last: undefined,
});
