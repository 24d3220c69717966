import {
  decideKeptRooms,
  evolveKeptRooms,
  initialKeptRooms,
  type KeptRoomsCommand,
  type KeptRoomsEvent,
  sumOfKeptRooms,
} from '../../core/kept-rooms.ts';
import { keptRoomsMax } from '../../core/limits.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({
  initial: initialKeptRooms,
  evolve: evolveKeptRooms,
  decide: decideKeptRooms,
});

const user = 'alice';
const kept = (room: string): KeptRoomsEvent => ({ type: 'RoomKept', data: { user, room } });
const dropped = (room: string): KeptRoomsEvent => ({ type: 'RoomDropped', data: { user, room } });
const read = (room: string, through: number): KeptRoomsEvent => ({
  type: 'RoomRead',
  data: { user, room, through },
});
const keep = (room: string): KeptRoomsCommand => ({ type: 'KeepRoom', user, room });
const drop = (room: string): KeptRoomsCommand => ({ type: 'DropRoom', user, room });
const mark = (room: string, through: number): KeptRoomsCommand => ({
  type: 'MarkRoomRead',
  user,
  room,
  through,
});

rule('a room is kept', () => given().when(keep('attic')).then(kept('attic')));
rule('a room that is kept already stays as it is', () => {
  given(kept('attic')).when(keep('attic')).thenNothing();
  given(kept('attic'), read('attic', 3), kept('attic')).gives(new Map([['attic', 3]]));
});
rule('as many rooms are kept as may be, and not one more', () => {
  const full = Array.from({ length: keptRoomsMax }, (_, number) => kept(`room-${number}`));
  given(...full.slice(1))
    .when(keep('attic'))
    .then(kept('attic'));
  given(...full)
    .when(keep('attic'))
    .thenRejected('TooManyRooms', 'attic');
  given(...full, dropped('room-7'))
    .when(keep('attic'))
    .then(kept('attic'));
});
rule('a room is dropped, and what was read of it forgotten', () => {
  given(kept('attic')).when(drop('attic')).then(dropped('attic'));
  given().when(drop('attic')).thenNothing();
  given(kept('attic'), read('attic', 3), dropped('attic'), kept('attic')).gives(
    new Map([['attic', 0]]),
  );
});
rule('a room is marked as read, never backwards', () => {
  given(kept('attic')).when(mark('attic', 3)).then(read('attic', 3));
  given(kept('attic'), read('attic', 3)).when(mark('attic', 3)).thenNothing();
  given(kept('attic'), read('attic', 3)).when(mark('attic', 2)).thenNothing();
  given(kept('attic'), read('attic', 3), read('attic', 2)).gives(new Map([['attic', 3]]));
});
rule('a sum stands for all that came before it', () => {
  const before = [kept('attic'), kept('cellar'), read('attic', 3), dropped('cellar'), kept('loft')];
  const state = before.reduce(evolveKeptRooms, initialKeptRooms);
  given(sumOfKeptRooms(user, state)).gives(state);
  given(...before, sumOfKeptRooms(user, state), read('attic', 5)).gives(
    new Map([
      ['attic', 5],
      ['loft', 0],
    ]),
  );
});
rule('a room that is not kept is not marked', () => {
  given().when(mark('attic', 3)).thenRejected('NotInRoom', 'attic');
  given(read('attic', 3)).gives(new Map());
});
