import type { SessionBody } from '../../../adapters/websocket-client/client-state.ts';

type Room = SessionBody['rooms'][number];

export const roomBody = (room: string, number: number, epoch = 'e1'): Room => ({
  room,
  name: room,
  epoch,
  number,
  members: ['alice'],
  read: 0,
  unread: 0,
});

/** What the session of alice begins with, who is in the lobby, unless told otherwise. */
export const sessionBody = (changes: Partial<SessionBody> = {}): SessionBody => ({
  user: 'alice',
  token: 'secret-1',
  server: 'one',
  servers: [],
  rooms: [roomBody('lobby', 10)],
  following: [],
  cursor: 'c0',
  ...changes,
});
