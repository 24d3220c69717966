import type { OkOf } from '../../websocket/server-frames.ts';
import type { Message } from './entry.ts';
import type { PageState } from './page-state.ts';
import { type RoomTalk, roomKey, type Talk, unreadMax } from './talk.ts';
import { emptyTimeline } from './timeline.ts';

/**
 * A room as the server tells it after a join, a login or a resume. What is loaded of it stays, unless
 * the log was set back; so does what was read here and is not marked on the server yet.
 */
export function joinedTalk(told: OkOf<'join'>, before: Talk | undefined): RoomTalk {
  const present = before?.kind === 'room' ? before : undefined;
  const sameLog = present?.epoch === told.epoch;
  const read = sameLog ? Math.max(told.read, present.read) : told.read;
  const unread =
    read > told.read ? Math.min(told.unread, Math.max(0, told.number - read)) : told.unread;
  const last = told.last === undefined ? undefined : lastOf(told.last);
  return {
    kind: 'room',
    room: told.room,
    name: told.name,
    epoch: told.epoch,
    number: told.number,
    members: new Set(told.members),
    read,
    unread: Math.min(unread, unreadMax),
    newAfter: (sameLog ? present.newAfter : undefined) ?? (unread > 0 ? read : undefined),
    last: last ?? (sameLog ? present.last : undefined),
    timeline: sameLog ? present.timeline : emptyTimeline,
    outgoing: present?.outgoing ?? [],
  };
}

/** Without a room, which may be the one that is open. */
export function withoutRoom(state: PageState, room: string): PageState {
  const key = roomKey(room);
  if (!state.talks.has(key)) return state;
  const talks = new Map(state.talks);
  talks.delete(key);
  const wasOpen = state.open.kind === 'talk' && state.open.key === key;
  return { ...state, talks, open: wasOpen ? { kind: 'nothing' } : state.open };
}

function lastOf({ number, at, user, text }: NonNullable<OkOf<'join'>['last']>): Message {
  return { kind: 'message', place: number, at, user, text };
}
