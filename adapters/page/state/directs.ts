import type { OkOf } from '../../websocket/server-frames.ts';
import { isWatched, type PageState } from './page-state.ts';
import { type DirectTalk, directKey, unreadMax } from './talk.ts';
import { countAfter, emptyTimeline } from './timeline.ts';

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

/** With a conversation as the server lists it; what came, or was read, meanwhile is newer. */
export function listedDirect(state: PageState, listed: Listed): PageState {
  const { number: place, at, from: user, text } = listed.last;
  return withDirect(state, listed.peer, (before) => {
    const isNewer = before.last !== undefined && before.last.place >= place;
    const last = isNewer ? before.last : ({ kind: 'message', place, at, user, text } as const);
    const talk = { ...before, last };
    if (before.read >= place || listed.unread === 0) return talk;
    if (isWatched(state, directKey(listed.peer))) return { ...talk, read: last?.place ?? place };
    const since = countAfter(before.timeline, place, state.me ?? '');
    const unread = Math.min(listed.unread + since, unreadMax);
    return { ...talk, unread, newAfter: listed.read };
  });
}

export const emptyDirect = (peer: string): DirectTalk => ({
  kind: 'direct',
  peer,
  timeline: emptyTimeline,
  outgoing: [],
  read: 0,
  unread: 0,
  newAfter: undefined,
  last: undefined,
});
