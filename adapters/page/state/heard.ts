import { unreachable } from '../../../core/rejection.ts';
import type { ClientEvent } from '../../websocket-client/client-event.ts';
import { arrivedDirect, arrivedFollowed, arrivedMessage } from './arrivals.ts';
import type { Passage } from './entry.ts';
import { epochBegun, gapLeft } from './gaps.ts';
import { withoutTextsOf } from './erased.ts';
import { type PageState, withTalk } from './page-state.ts';
import { withoutRoom } from './rooms.ts';
import { newestPlace, type RoomTalk, roomKey } from './talk.ts';
import { withEntries } from './timeline.ts';

type Heard<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

/** What the server tells of itself. */
export function heard(state: PageState, event: ClientEvent): PageState {
  switch (event.type) {
    case 'message':
      return arrivedMessage(state, event);
    case 'direct':
      return arrivedDirect(state, event);
    case 'followed':
      return arrivedFollowed(state, event);
    case 'joined':
    case 'left':
      return passed(state, event);
    case 'departed':
      return departed(state, event);
    case 'event':
      return inRoom(state, event.room, (talk) => counted(talk, event.number));
    case 'hole':
      return inRoom(state, event.room, (talk) =>
        counted(gapLeft(talk, event, 'passedOver'), event.to),
      );
    case 'erased':
      return withoutTextsOf(state, event.user);
    case 'gap':
      return event.rooms.reduce((before, gap) => {
        if (event.reason === 'epoch')
          return inRoom(before, gap.room, (talk) => epochBegun(talk, gap));
        return inRoom(before, gap.room, (talk) =>
          counted(gapLeft(talk, gap, 'retention'), gap.to ?? gap.from),
        );
      }, state);
    case 'store':
      if (state.link.status !== 'online') return state;
      return { ...state, link: { status: 'online', isStoreAway: !event.reachable } };
    case 'error':
    case 'cursor':
      return state;
    default:
      return unreachable(event);
  }
}

/** Somebody joined or left; it may have been oneself. */
function passed(state: PageState, frame: Heard<'joined' | 'left'>): PageState {
  const { type: kind, room, number, at, user } = frame;
  const talk = state.talks.get(roomKey(room));
  if (talk?.kind !== 'room') return state;
  const isNews = number > talk.number;
  if (kind === 'left' && isNews && user === state.me) return withoutRoom(state, room);
  const entry: Passage = { kind, place: number, at, user };
  return inRoom(state, room, (present) => {
    const timeline = withEntries(present.timeline, [entry]);
    if (!isNews) return { ...present, timeline };
    const members = new Set(present.members);
    if (kind === 'joined') members.add(user);
    else members.delete(user);
    return { ...present, timeline, members, number };
  });
}

/** It has no number, so it is put behind what is there and before what comes next. */
function departed(state: PageState, { room, users, at }: Heard<'departed'>): PageState {
  return inRoom(state, room, (talk) => {
    const gone = users.filter((user) => user !== state.me);
    if (gone.length === 0) return talk;
    const newest = Math.max(newestPlace(talk), talk.number);
    const place = (newest + Math.floor(newest) + 1) / 2;
    return {
      ...talk,
      members: new Set([...talk.members].filter((member) => !gone.includes(member))),
      timeline: withEntries(talk.timeline, [{ kind: 'departed', place, at, users: gone }]),
    };
  });
}

function inRoom(state: PageState, room: string, change: (talk: RoomTalk) => RoomTalk): PageState {
  return withTalk(state, roomKey(room), (talk) => (talk.kind === 'room' ? change(talk) : talk));
}

function counted(talk: RoomTalk, number: number): RoomTalk {
  return number > talk.number ? { ...talk, number } : talk;
}
