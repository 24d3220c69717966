import { keptRoomsMax } from './limits.ts';
import { type Decision, Rejection, unreachable } from './rejection.ts';

/** `user` joined a room in which they want to be again at their next login. */
export interface RoomKept {
  readonly type: 'RoomKept';
  readonly data: { readonly user: string; readonly room: string };
}

export interface RoomDropped {
  readonly type: 'RoomDropped';
  readonly data: { readonly user: string; readonly room: string };
}

/** `user` has read the room up to and with the event of number `through`. */
export interface RoomRead {
  readonly type: 'RoomRead';
  readonly data: { readonly user: string; readonly room: string; readonly through: number };
}

/**
 * What all events before it come to. Appended now and then: marks are many, and whoever reads
 * backwards need go no further than this.
 */
export interface KeptRoomsSummed {
  readonly type: 'KeptRoomsSummed';
  readonly data: {
    readonly user: string;
    readonly rooms: readonly { readonly room: string; readonly read: number }[];
  };
}

export type KeptRoomsEvent = RoomKept | RoomDropped | RoomRead | KeptRoomsSummed;

/** The rooms that an account keeps, and how far each has been read; 0 for not at all. */
export type KeptRooms = ReadonlyMap<string, number>;

export type KeptRoomsCommand =
  | { readonly type: 'KeepRoom'; readonly user: string; readonly room: string }
  | { readonly type: 'DropRoom'; readonly user: string; readonly room: string }
  | ({ readonly type: 'MarkRoomRead' } & RoomRead['data']);

export const initialKeptRooms: KeptRooms = new Map();

export function evolveKeptRooms(state: KeptRooms, { type, data }: KeptRoomsEvent): KeptRooms {
  const next = new Map(state);
  switch (type) {
    case 'RoomKept':
      return next.has(data.room) ? state : next.set(data.room, 0);
    case 'RoomDropped':
      next.delete(data.room);
      return next;
    case 'RoomRead': {
      const read = state.get(data.room);
      return read === undefined ? state : next.set(data.room, Math.max(read, data.through));
    }
    case 'KeptRoomsSummed':
      return new Map(data.rooms.map(({ room, read }) => [room, read]));
    default:
      return unreachable(type);
  }
}

export function decideKeptRooms(
  command: KeptRoomsCommand,
  state: KeptRooms,
): Decision<KeptRoomsEvent> {
  const { type, user, room } = command;
  const read = state.get(room);
  switch (type) {
    case 'KeepRoom':
      if (read !== undefined) return [];
      if (state.size >= keptRoomsMax) return new Rejection('TooManyRooms', room);
      return [{ type: 'RoomKept', data: { user, room } }];
    case 'DropRoom':
      return read === undefined ? [] : [{ type: 'RoomDropped', data: { user, room } }];
    case 'MarkRoomRead': {
      const { through } = command;
      if (read === undefined) return new Rejection('NotInRoom', room);
      return read >= through ? [] : [{ type: 'RoomRead', data: { user, room, through } }];
    }
    default:
      return unreachable(type);
  }
}

export const sumOfKeptRooms = (user: string, state: KeptRooms): KeptRoomsSummed => ({
  type: 'KeptRoomsSummed',
  data: { user, rooms: [...state].map(([room, read]) => ({ room, read })) },
});
