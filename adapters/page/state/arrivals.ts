import type { ServerFrameOf } from '../../websocket/server-frames.ts';
import { withDirect } from './directs.ts';
import type { Message } from './entry.ts';
import { becameOf } from './outgoing.ts';
import { type FollowedMessage, isWatched, type PageState, withTalk } from './page-state.ts';
import { directKey, newestPlace, roomKey, type Talk, unreadMax } from './talk.ts';
import { withEntries } from './timeline.ts';

/** What followed users said that is kept; the older is forgotten. */
export const followedMax = 500;

export function arrivedMessage(state: PageState, frame: ServerFrameOf<'message'>): PageState {
  const key = roomKey(frame.room);
  const { number: place, at, user, text } = frame;
  const message: Message = { kind: 'message', place, at, user, text };
  return withTalk(state, key, (talk) => {
    if (talk.kind !== 'room') return talk;
    const isNews = place > talk.number;
    const seen = isNews && isWatched(state, key);
    return {
      ...withArrived(talk, message, state.me, isNews && !seen),
      number: Math.max(talk.number, place),
      read: seen ? place : talk.read,
    };
  });
}

/** To oneself, or what one said oneself. */
export function arrivedDirect(state: PageState, frame: ServerFrameOf<'direct'>): PageState {
  const peer = frame.from === state.me ? frame.to : frame.from;
  const { number: place, at, from: user, text } = frame;
  const message: Message = { kind: 'message', place, at, user, text };
  return withDirect(state, peer, (talk) => {
    const isNews = place > newestPlace(talk);
    const seen = isNews && isWatched(state, directKey(peer));
    const arrived = withArrived(talk, message, state.me, isNews && !seen);
    return seen && user === peer ? { ...arrived, read: place } : arrived;
  });
}

export function arrivedFollowed(state: PageState, frame: ServerFrameOf<'followed'>): PageState {
  const { room, name, epoch, number: place, at, user, text } = frame;
  const twin = (one: FollowedMessage): boolean =>
    one.room === room && one.place === place && one.epoch === epoch;
  if (state.followed.some(twin)) return state;
  const message: FollowedMessage = { room, name, epoch, place, at, user, text };
  const watched = state.watching && state.open.kind === 'followed';
  return {
    ...state,
    followed: [...state.followed, message].slice(-followedMax),
    followedUnread: watched ? 0 : Math.min(state.followedUnread + 1, followedMax),
  };
}

/**
 * A talk with a message more. One's own takes the place of what was on its way; another's that is
 * not seen counts, and the first of those draws the line behind what was.
 */
function withArrived<T extends Talk>(
  talk: T,
  message: Message,
  me: string | undefined,
  isUnseen: boolean,
): T {
  const mine = message.user === me;
  const sent = mine ? becameOf(talk.outgoing, message.place, message.text) : undefined;
  const counts = isUnseen && !mine;
  return {
    ...talk,
    timeline: withEntries(talk.timeline, [message]),
    outgoing: sent ? talk.outgoing.filter((one) => one !== sent) : talk.outgoing,
    unread: counts ? Math.min(talk.unread + 1, unreadMax) : talk.unread,
    newAfter: counts && talk.unread === 0 ? message.place - 1 : talk.newAfter,
    last: talk.last && talk.last.place > message.place ? talk.last : message,
  };
}
