import type { ServerFrameOf } from '../../../adapters/websocket/server-frames.ts';

const at = 1_800_000_000_000;

type Place = { readonly room?: string; readonly epoch?: string };

export const message = (
  number: number,
  { room = 'lobby', epoch = 'e1' }: Place = {},
): ServerFrameOf<'message'> => ({
  type: 'message',
  room,
  epoch,
  number,
  at,
  user: 'bob',
  text: `text ${number}`,
});

export const followed = (
  number: number,
  { room = 'attic', epoch = 'e1' }: Place = {},
): ServerFrameOf<'followed'> => ({
  ...message(number, { room, epoch }),
  type: 'followed',
  name: room,
});

export const moved = (
  type: 'joined' | 'left',
  user: string,
  number: number,
  { room = 'lobby', epoch = 'e1' }: Place = {},
): ServerFrameOf<'joined' | 'left'> => ({ type, room, epoch, number, at, user });

export const direct = (number: number, from = 'bob', to = 'alice'): ServerFrameOf<'direct'> => ({
  type: 'direct',
  number,
  at,
  from,
  to,
  text: `direct ${number}`,
});
