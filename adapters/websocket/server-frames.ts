import { type Static, type TProperties, Type } from 'typebox';

import type { ErrorCode } from '../../core/error-catalogue.ts';
import { conversationsMax } from '../../core/limits.ts';
import type { ClientFrameType } from './client-frames.ts';

const user = Type.String({ description: 'In lower case.' });
const text = Type.String({
  description: 'Line ends are \\n; no other control character but tabs.',
});
const at = Type.Integer({ description: 'Milliseconds since 1970, by the store.' });
const canonical = Type.String({ description: 'The canonical form of a room: equal for one room.' });
const shown = Type.String({ description: 'The room’s name as it was first written.' });
const number = Type.Integer({
  description: 'The place in the room: 1, 2, 3, …, without a hole within an epoch.',
});
const epoch = Type.String({ description: 'Changes only when the log was set back.' });
const cursor = Type.String({
  description: 'Opaque. Everything before it has been sent; `resume` goes on after it.',
});

const message = Type.Object({ number, at, user, text });
const directMessage = Type.Object({
  number: Type.Integer({ description: 'The place in the conversation.' }),
  at,
  from: user,
  to: user,
  text,
});
/** A place in a room's order. */
const place = { room: canonical, epoch, number, at };

const joinedRoom = Type.Object({
  room: canonical,
  name: shown,
  epoch,
  number: Type.Integer({ description: 'Of the room’s last event, as of this answer.' }),
  members: Type.Array(user),
  read: Type.Integer({ description: 'The account has read up to here; 0 for nothing.' }),
  unread: Type.Integer({ description: 'Messages after `read`; 100 stands for 100 or more.' }),
  last: Type.Optional(message),
  retentionDays: Type.Optional(
    Type.Integer({ description: 'For how many days what is said here is kept; absent: for ever.' }),
  ),
});

const token = Type.String({
  description: 'A secret: whoever has it can go on with the session.',
});

/** What the `ok` that answers a frame carries besides, by the frame's type. */
const session = Type.Object({
  user,
  token,
  server: Type.String(),
  servers: Type.Array(Type.String(), {
    description: 'Web addresses of the servers that live: any of them can resume the session.',
  }),
  rooms: Type.Array(joinedRoom),
  following: Type.Array(user),
  cursor,
  moreDirect: Type.Optional(
    Type.Boolean({
      description:
        'More direct messages wait than come with this answer: the next login or resume sends them.',
    }),
  ),
});
const nothing = Type.Object({});
const stored = Type.Object({ room: canonical, epoch, number });

export const okBodies = {
  login: session,
  register: session,
  resume: session,
  logout: nothing,
  join: joinedRoom,
  leave: nothing,
  say: stored,
  direct: Type.Object({ to: user, number: Type.Integer() }),
  follow: nothing,
  unfollow: nothing,
  rooms: Type.Object({
    rooms: Type.Array(Type.Object({ room: canonical, name: shown, members: Type.Integer() })),
  }),
  members: Type.Object({ room: canonical, name: shown, members: Type.Array(user) }),
  history: Type.Object({
    room: canonical,
    messages: Type.Array(message, { description: 'Oldest first.' }),
    more: Type.Boolean({ description: 'Whether there is more in the direction that was read.' }),
    next: Type.Optional(
      Type.Integer({
        description:
          'Where to go on if there is more: the next `before`, or the next `after` where that was ' +
          'given. A server looks at so many events for one answer, of which few may be messages.',
      }),
    ),
    expired: Type.Optional(
      Type.Object(
        { from: Type.Integer(), to: Type.Integer() },
        { description: 'Messages between these two numbers, and they, are no longer kept.' },
      ),
    ),
  }),
  conversation: Type.Object({
    peer: user,
    messages: Type.Array(directMessage, { description: 'Oldest first.' }),
    more: Type.Boolean(),
  }),
  conversations: Type.Object({
    conversations: Type.Array(
      Type.Object({
        peer: user,
        last: directMessage,
        read: Type.Integer({ description: 'The account has read up to here; 0 for nothing.' }),
        unread: Type.Integer({
          description: 'Messages of the peer after `read`; 100 stands for 100 or more.',
        }),
      }),
      { description: `The latest first; at most ${conversationsMax}.` },
    ),
  }),
  read: nothing,
  sessions: Type.Object({
    user,
    server: Type.String(),
    since: at,
    rooms: Type.Array(shown),
  }),
  password: Type.Object({ token: Type.Optional(token) }),
  ping: nothing,
} as const satisfies Record<ClientFrameType, unknown>;

export type OkOf<T extends ClientFrameType> = Static<(typeof okBodies)[T]>;

const frame = <T extends string, P extends TProperties>(
  type: T,
  description: string,
  properties: P,
) => Type.Object({ type: Type.Literal(type), ...properties }, { description });

/** Every frame that a server sends of itself, by its type; answers are `ok` and `error`. */
export const serverFrames = {
  hello: frame('hello', 'The first frame of a connection.', {
    server: Type.String(),
    registration: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  }),
  error: frame('error', 'The answer to a frame that was refused, or that could not be read.', {
    id: Type.Optional(Type.String({ description: 'Absent where the frame had none.' })),
    code: Type.String({ description: 'One of the catalogue; see the table of errors.' }),
    message: Type.String({ description: 'Words for a person.' }),
    retryAfterMs: Type.Optional(Type.Integer({ description: 'The same may be tried after this.' })),
  }),
  message: frame('message', 'Somebody said something in a room that the session is in.', {
    ...place,
    user,
    text,
  }),
  joined: frame('joined', 'Somebody, perhaps oneself, joined a room that the session is in.', {
    ...place,
    user,
  }),
  left: frame('left', 'Somebody, perhaps oneself, left it.', { ...place, user }),
  departed: frame('departed', 'A server’s end took these users out of a room; it has no number.', {
    room: canonical,
    users: Type.Array(user),
    at,
  }),
  followed: frame('followed', 'A followed user said something in a room one is not in.', {
    ...place,
    name: shown,
    user,
    text,
  }),
  direct: frame('direct', 'A direct message, to oneself or sent by oneself.', {
    ...directMessage.properties,
    kept: Type.Optional(
      Type.Boolean({ description: 'It came while the user was away, and is shown now.' }),
    ),
  }),
  erased: frame(
    'erased',
    'An operator erased a user: a client drops the texts that it has of them.',
    {
      user,
    },
  ),
  event: frame('event', 'An event of a room that has no frame of its own, or shows nothing.', {
    ...place,
    kind: Type.String({ description: 'As the log calls it.' }),
  }),
  store: frame('store', 'The server lost touch with what keeps the chat, or is in touch again.', {
    reachable: Type.Boolean({
      description: 'While false nothing new is shown, and what is sent is likely to be refused.',
    }),
  }),
  cursor: frame('cursor', 'Ends what was sent at once.', { cursor }),
  gap: frame('gap', 'What cannot be had any more: events of a room, or trust in their numbers.', {
    reason: Type.Union([Type.Literal('retention'), Type.Literal('epoch')], {
      description: '`epoch`: the log was set back, and numbers from `from` on have changed.',
    }),
    rooms: Type.Array(
      Type.Object({ room: canonical, epoch, from: number, to: Type.Optional(number) }),
    ),
  }),
} as const;

export type ServerFrameType = keyof typeof serverFrames;
export type ServerFrameOf<T extends ServerFrameType> = Static<(typeof serverFrames)[T]>;
/** The answer to a frame of this type; its body lies beside `id`. */
export type OkFrame<T extends ClientFrameType = ClientFrameType> = {
  readonly type: 'ok';
  readonly id: string;
} & OkOf<T>;
export type ErrorFrame = ServerFrameOf<'error'> & { readonly code: ErrorCode };
export type ServerFrame = { [T in ServerFrameType]: ServerFrameOf<T> }[ServerFrameType] | OkFrame;
