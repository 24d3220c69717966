import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface RoomJoined {
  readonly type: 'RoomJoined';
  readonly data: {
    /** The canonical form of the room's name, and the form to show. */
    readonly room: string;
    readonly name: string;
    readonly user: string;
    readonly session: string;
    /** The membership ends with this incarnation of the server that holds the session. */
    readonly server: string;
    readonly incarnation: number;
    /** …unless its session can be resumed: then it ends with a RoomLeft only. */
    readonly resumable?: true;
  };
}

export interface RoomLeft {
  readonly type: 'RoomLeft';
  readonly data: { readonly room: string; readonly user: string; readonly session: string };
}

export interface MessagePosted {
  readonly type: 'MessagePosted';
  readonly data: { readonly room: string; readonly user: string; readonly session: string };
  readonly text: string;
}

export type RoomEvent = RoomJoined | RoomLeft | MessagePosted;

export interface Member {
  readonly user: string;
  readonly server: string;
  readonly incarnation: number;
  readonly resumable?: true;
}

/** A room's members by session. A user is in the room while one of their sessions is. */
export type Room =
  | { readonly status: 'empty' }
  | {
      readonly status: 'occupied';
      readonly name: string;
      /** Only the fold writes to it. */
      readonly members: Map<string, Member>;
    };

export type RoomCommand =
  | ({ readonly type: 'JoinRoom' } & RoomJoined['data'])
  | ({ readonly type: 'LeaveRoom' } & RoomLeft['data'])
  | ({ readonly type: 'PostMessage'; readonly text: string } & MessagePosted['data']);

export const initialRoom: Room = { status: 'empty' };

/**
 * The state after the event. It takes the place of the one given, whose members it changes: a copy
 * of 10,000 of them at each join would make a start take minutes.
 */
export function evolveRoom<R extends Room>(state: R, event: RoomEvent): R | Room {
  switch (event.type) {
    case 'RoomJoined': {
      const { room: _, name, session, ...member } = event.data;
      if (state.status === 'empty')
        return { status: 'occupied', name, members: new Map([[session, member]]) };
      state.members.set(session, member);
      return state;
    }
    case 'RoomLeft': {
      if (state.status === 'empty') return state;
      state.members.delete(event.data.session);
      return state.members.size === 0 ? initialRoom : state;
    }
    case 'MessagePosted':
      return state;
    default:
      return unreachable(event);
  }
}

export function decideRoom(command: RoomCommand, state: Room): Decision<RoomEvent> {
  const isMember = state.status === 'occupied' && state.members.has(command.session);
  switch (command.type) {
    case 'JoinRoom': {
      const { type: _, ...data } = command;
      return isMember ? [] : [{ type: 'RoomJoined', data }];
    }
    case 'LeaveRoom': {
      const { room, user, session } = command;
      return isMember ? [{ type: 'RoomLeft', data: { room, user, session } }] : [];
    }
    case 'PostMessage':
      return isMember ? [messagePosted(command)] : new Rejection('NotInRoom', command.room);
    default:
      return unreachable(command);
  }
}

/** The event of a message, whether or not it may be posted: one that is sent again is known by it. */
export const messagePosted = ({
  room,
  user,
  session,
  text,
}: MessagePosted['data'] & { readonly text: string }): MessagePosted => ({
  type: 'MessagePosted',
  data: { room, user, session },
  text,
});
