import { unreachable } from '../../../core/rejection.ts';
import { entered, notEntered, resuming, returning } from './entering.ts';
import { heard } from './heard.ts';
import { historyAsked, historyFailed, historyRead } from './history.ts';
import { linked, loggedOut } from './linked.ts';
import { opened, watched } from './opened.ts';
import type { PageEvent } from './page-event.ts';
import { type PageState, withTalk } from './page-state.ts';
import { joinedTalk, withoutRoom } from './rooms.ts';
import { discarded, notStored, resending, sending, stored } from './sending.ts';
import { roomKey } from './talk.ts';
import { listedDirect, withDirect } from './directs.ts';

const noticesMax = 4;

/** The state after something happened. Never throws; what concerns nothing that is there is nothing. */
export function reduce(state: PageState, event: PageEvent): PageState {
  switch (event.type) {
    case 'linked':
      return linked(state, event.state, event.fresh);
    case 'heard':
      return heard(state, event.event);
    case 'resuming':
      return resuming(state, event.user);
    case 'entering':
      return entered(state, event.user);
    case 'loggedOut':
      return loggedOut(state, { status: 'connecting' });
    case 'notEntered':
      return notEntered(state, event.code, event.words);
    case 'otherTab':
      return { ...state, entry: { ...state.entry, otherTab: event.user } };
    case 'handedOver':
      return { ...state, link: { status: 'handedOver' } };
    case 'returning':
      return returning(state);
    case 'opened':
      return opened(state, event.place);
    case 'panelOpened':
      return { ...state, panel: event.panel };
    case 'watched':
      return watched(state, event.watching);
    case 'roomJoined': {
      const key = roomKey(event.room.room);
      const talk = joinedTalk(event.room, state.talks.get(key));
      return { ...state, talks: new Map(state.talks).set(key, talk) };
    }
    case 'roomLeft':
      return withoutRoom(state, event.room);
    case 'membersListed':
      return withTalk(state, roomKey(event.room), (talk) =>
        talk.kind === 'room' ? { ...talk, members: new Set(event.members) } : talk,
      );
    case 'directStarted':
      return withDirect(state, event.peer);
    case 'directsAsked':
      return { ...state, areDirectsAsked: true };
    case 'directsListed':
      return event.directs.reduce(listedDirect, state);
    case 'followChanged': {
      const following = new Set(state.following);
      if (event.follows) following.add(event.user);
      else following.delete(event.user);
      return { ...state, following };
    }
    case 'roomsListed':
      return { ...state, directory: event.rooms };
    case 'noticed':
      return noticed(state, event.words);
    case 'noticeClosed':
      return { ...state, notices: state.notices.filter(({ id }) => id !== event.id) };
    case 'sending':
      return withTalk(state, event.key, (talk) => sending(talk, event.outgoing));
    case 'resending':
      return withTalk(state, event.key, (talk) => resending(talk, event.id));
    case 'stored':
      return withTalk(state, event.key, (talk) => stored(talk, event.id, event.place));
    case 'notStored':
      return withTalk(state, event.key, (talk) => notStored(talk, event.id, event.failed));
    case 'discarded':
      return withTalk(state, event.key, (talk) => discarded(talk, event.id));
    case 'historyAsked':
      return withTalk(state, event.key, (talk) => historyAsked(talk, event.gap));
    case 'historyRead':
      return withTalk(state, event.key, (talk) => historyRead(talk, event, state.me));
    case 'historyFailed':
      return withTalk(state, event.key, (talk) => historyFailed(talk, event.gap));
    default:
      return unreachable(event);
  }
}

function noticed(state: PageState, words: string): PageState {
  const id = (state.notices.at(-1)?.id ?? 0) + 1;
  return { ...state, notices: [...state.notices, { id, words }].slice(-noticesMax) };
}
