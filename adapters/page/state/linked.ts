import { unreachable } from '../../../core/rejection.ts';
import type { ClientState, SessionBody } from '../../websocket-client/client-state.ts';
import { emptyDirect } from './directs.ts';
import { inNewSession } from './outgoing.ts';
import { initialState, type Link, type PageState, type Place } from './page-state.ts';
import { joinedTalk } from './rooms.ts';
import { keyOf, roomKey, type Talk, type TalkKey } from './talk.ts';

/** The connection changed: what it is about, and what the session begins or goes on with. */
export function linked(state: PageState, link: ClientState, fresh: boolean): PageState {
  switch (link.status) {
    case 'connecting':
    case 'reconnecting':
      return { ...state, link };
    case 'greeting':
      return {
        ...state,
        link: { status: 'greeting' },
        server: link.server,
        registration: link.registration,
      };
    case 'online':
      return online(state, link.session, fresh || state.me !== link.user);
    case 'stopped':
      return stopped(state, link);
    default:
      return unreachable(link);
  }
}

/**
 * What was loaded before a login of its own is loaded anew, for what happened in between is not
 * known; what was being sent stays. After a resume everything stays.
 */
function online(state: PageState, session: SessionBody, fresh: boolean): PageState {
  const { user, server, rooms, following } = session;
  const talks = new Map<TalkKey, Talk>();
  for (const told of rooms) {
    const talk = joinedTalk(told, undefined);
    const before = state.talks.get(roomKey(told.room));
    talks.set(
      keyOf(talk),
      fresh
        ? { ...talk, outgoing: inNewSession(before?.outgoing ?? []) }
        : joinedTalk(told, before),
    );
  }
  for (const [key, talk] of state.talks) {
    if (talk.kind !== 'direct') continue;
    talks.set(
      key,
      fresh ? { ...emptyDirect(talk.peer), outgoing: inNewSession(talk.outgoing) } : talk,
    );
  }
  return {
    ...state,
    // Without the store there would be no session to go on with.
    link: { status: 'online', isStoreAway: false },
    server,
    me: user,
    entry: { ...initialState.entry, user },
    talks,
    areDirectsAsked: state.areDirectsAsked && !fresh,
    following: new Set(following),
    followed: fresh ? [] : state.followed,
    followedUnread: fresh ? 0 : state.followedUnread,
    open: placeIn(talks, state.open),
    notices: fresh ? [] : state.notices,
  };
}

function stopped(state: PageState, link: Extract<ClientState, { status: 'stopped' }>): PageState {
  const { me } = state;
  const form = { ...initialState.entry, ended: link.why, user: me ?? state.entry.user };
  if (link.why === 'LoggedOut') return loggedOut(state, link);
  // A refused login stops nothing that was there; its words are in the form already.
  const entry = me === undefined ? { ...state.entry, busy: false, ended: link.why } : form;
  return { ...state, link, entry, me: link.next === 'logIn' ? undefined : me };
}

/** Nothing of the user stays. */
export function loggedOut({ registration, server }: PageState, link: Link): PageState {
  const entry = { ...initialState.entry, ended: 'LoggedOut' } as const;
  return { ...initialState, link, registration, server, entry };
}

/** What was open, if it still is there. */
function placeIn(talks: ReadonlyMap<TalkKey, Talk>, open: Place): Place {
  return open.kind === 'talk' && !talks.has(open.key) ? { kind: 'nothing' } : open;
}
