import { type PageState, type Place, withTalk } from './page-state.ts';
import type { TalkKey } from './talk.ts';
import { countAfter, newestMessage } from './timeline.ts';

/** Another place is open. The line of what was new goes when its talk is left, not when it is seen. */
export function opened(state: PageState, place: Place): PageState {
  const before = keyOpen(state.open);
  const left =
    before !== undefined && before !== keyOpen(place)
      ? withTalk(state, before, (talk) =>
          talk.unread === 0 && talk.newAfter !== undefined
            ? { ...talk, newAfter: undefined }
            : talk,
        )
      : state;
  const talks = before === undefined ? left.talks : withoutEmpty(left.talks, before, place);
  // Whether its end is in sight is told when it is shown.
  const watching = before !== undefined && before === keyOpen(place) && state.watching;
  return { ...left, talks, open: place, watching };
}

/** Whoever sees the end of what is open has seen all of it. */
export function watched(state: PageState, watching: boolean): PageState {
  const next = watching === state.watching ? state : { ...state, watching };
  if (!watching) return next;
  if (state.open.kind === 'followed')
    return next.followedUnread === 0 ? next : { ...next, followedUnread: 0 };
  const key = keyOpen(state.open);
  if (key === undefined) return next;
  return withTalk(next, key, (talk) => {
    const newest = newestMessage(talk.timeline)?.place ?? 0;
    if (talk.kind === 'direct')
      return talk.unread === 0 || newest === 0 ? talk : { ...talk, unread: 0, read: newest };
    const read = Math.max(talk.read, newest);
    const unread = countAfter(talk.timeline, read, state.me ?? '');
    return read === talk.read && unread === talk.unread ? talk : { ...talk, read, unread };
  });
}

/** A conversation in which nothing was said is no more when one goes elsewhere. */
function withoutEmpty(talks: PageState['talks'], key: TalkKey, place: Place): PageState['talks'] {
  const talk = talks.get(key);
  if (talk?.kind !== 'direct' || key === keyOpen(place)) return talks;
  const { timeline, outgoing, last } = talk;
  const isEmpty = timeline.older === 'none' && outgoing.length === 0 && last === undefined;
  if (!isEmpty) return talks;
  const kept = new Map(talks);
  kept.delete(key);
  return kept;
}

function keyOpen(place: Place): TalkKey | undefined {
  return place.kind === 'talk' ? place.key : undefined;
}
