import type { ClientEvent } from '../../../../adapters/websocket-client/client-event.ts';
import type { SessionBody } from '../../../../adapters/websocket-client/client-state.ts';
import type { OkOf } from '../../../../adapters/websocket/server-frames.ts';
import type { PageEvent } from '../../../../adapters/page/state/page-event.ts';
import { initialState, type PageState } from '../../../../adapters/page/state/page-state.ts';
import { reduce } from '../../../../adapters/page/state/reduce.ts';
import { roomKey, type RoomTalk, type DirectTalk } from '../../../../adapters/page/state/talk.ts';

/** The state after these events, from the beginning or from a state. */
export function after(...events: readonly PageEvent[]): PageState {
  return events.reduce(reduce, initialState);
}

export const later = (state: PageState, ...events: readonly PageEvent[]): PageState =>
  events.reduce(reduce, state);

export const lobby = roomKey('lobby');

/** alice comes online with these rooms. */
export function online(
  rooms: readonly OkOf<'join'>[] = [room()],
  { fresh = false, user = 'alice', following = [] }: OnlineOptions = {},
): PageEvent {
  const session: SessionBody = {
    user,
    token: 'secret',
    server: 'chat-1',
    servers: [],
    rooms: [...rooms],
    following: [...following],
    cursor: 'c',
  };
  return { type: 'linked', state: { status: 'online', user, session }, fresh };
}

interface OnlineOptions {
  readonly fresh?: boolean;
  readonly user?: string;
  readonly following?: readonly string[];
}

export function room(change: Partial<OkOf<'join'>> = {}): OkOf<'join'> {
  return {
    room: 'lobby',
    name: 'Lobby',
    epoch: 'e1',
    number: 10,
    members: ['alice', 'bob'],
    read: 10,
    unread: 0,
    ...change,
  };
}

export const heard = (event: ClientEvent): PageEvent => ({ type: 'heard', event });

export function says(number: number, user: string, text = `number ${number}`): PageEvent {
  return heard({ type: 'message', room: 'lobby', epoch: 'e1', number, at: number, user, text });
}

export function passes(type: 'joined' | 'left', number: number, user: string): PageEvent {
  return heard({ type, room: 'lobby', epoch: 'e1', number, at: number, user });
}

export function writes(number: number, from: string, to: string, text = 'psst'): PageEvent {
  return heard({ type: 'direct', number, at: number, from, to, text });
}

export const opens = (key = lobby): PageEvent => ({ type: 'opened', place: { kind: 'talk', key } });
export const watches = (watching = true): PageEvent => ({ type: 'watched', watching });

export function sends(id: string, text: string, afterPlace = 10): PageEvent {
  const outgoing = { id, text, at: 1, after: afterPlace, status: { kind: 'pending' } } as const;
  return { type: 'sending', key: lobby, outgoing };
}

export function theRoom(state: PageState, key = lobby): RoomTalk {
  const talk = state.talks.get(key);
  if (talk?.kind !== 'room') throw new Error(`${key} is no room that is there`);
  return talk;
}

export function theDirect(state: PageState, peer: string): DirectTalk {
  const talk = state.talks.get(`direct:${peer}`);
  if (talk?.kind !== 'direct') throw new Error(`there is no conversation with ${peer}`);
  return talk;
}

/** The entries in short: `message 11`, `joined 12`. */
export function placesOf({ timeline }: RoomTalk | DirectTalk): readonly string[] {
  return timeline.entries.map(({ kind, place }) => `${kind} ${place}`);
}
