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
}

/** A room's members by session. A user is in the room while one of their sessions is. */
export type Room =
  | { readonly status: 'empty' }
  | {
      readonly status: 'occupied';
      readonly name: string;
      readonly members: ReadonlyMap<string, Member>;
    };

export type RoomCommand =
  | ({ readonly type: 'JoinRoom' } & RoomJoined['data'])
  | ({ readonly type: 'LeaveRoom' } & RoomLeft['data'])
  | ({ readonly type: 'PostMessage'; readonly text: string } & MessagePosted['data']);

export const initialRoom: Room = { status: 'empty' };

export function evolveRoom(state: Room, event: RoomEvent): Room {
  switch (event.type) {
    case 'RoomJoined': {
      const { name, session, user, server, incarnation } = event.data;
      const members = new Map(state.status === 'occupied' ? state.members : []);
      members.set(session, { user, server, incarnation });
      return { status: 'occupied', name: state.status === 'occupied' ? state.name : name, members };
    }
    case 'RoomLeft': {
      if (state.status === 'empty' || !state.members.has(event.data.session)) return state;
      const members = new Map(state.members);
      members.delete(event.data.session);
      return members.size === 0 ? initialRoom : { ...state, members };
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
    case 'PostMessage': {
      const { room, user, session, text } = command;
      if (!isMember) return new Rejection('NotInRoom', room);
      return [{ type: 'MessagePosted', data: { room, user, session }, text }];
    }
    default:
      return unreachable(command);
  }
}
