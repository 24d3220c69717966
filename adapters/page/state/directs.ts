import type { OkOf } from '../../websocket/server-frames.ts';
import type { PageState } from './page-state.ts';
import { type DirectTalk, directKey } from './talk.ts';
import { emptyTimeline } from './timeline.ts';

type Listed = OkOf<'conversations'>['conversations'][number];

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

/** With a conversation as the server lists it; what came meanwhile is newer. */
export function listedDirect(
  state: PageState,
  { peer, last: { number: place, at, from: user, text } }: Listed,
): PageState {
  return withDirect(state, peer, (talk) =>
    talk.last !== undefined && talk.last.place >= place
      ? talk
      : { ...talk, last: { kind: 'message', place, at, user, text } },
  );
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
