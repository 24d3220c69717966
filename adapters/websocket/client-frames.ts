import { type Static, type TObjectOptions, type TProperties, Type } from 'typebox';

import { historyMessagesMax } from '../../core/limits.ts';

/** Longer than any name: names have their own rules, and their own errors. */
const nameCharactersMax = 128;
/** Longer than any text may be; what is too long gets the same error as on the line protocol. */
const textCharactersMax = 16_384;
const tokenCharactersMax = 256;
/** A cursor names a place in each partition. */
const cursorCharactersMax = 16_384;
const idCharactersMax = 64;

const name = Type.String({ maxLength: nameCharactersMax });
const text = Type.String({ maxLength: textCharactersMax });
const password = Type.String({ maxLength: 1_024 });
const number = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'A place in a room or a conversation: 1, 2, 3, …',
});
const sequence = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description:
    'Counted by the client, 1, 2, 3, … within a session. A message that is sent again under the ' +
    'same number is stored once, and answered with what became of the first.',
});

/** A frame that a client sends. It is answered once, by `ok` or `error`, with the same `id`. */
const frame = <T extends string, P extends TProperties>(
  type: T,
  description: string,
  properties: P,
  options: TObjectOptions = {},
) =>
  Type.Object(
    {
      type: Type.Literal(type),
      id: Type.String({
        minLength: 1,
        maxLength: idCharactersMax,
        description: 'Chosen by the client; the answer has the same.',
      }),
      ...properties,
    },
    { description, additionalProperties: false, ...options },
  );

/** Every frame of a client's, by its type. */
export const clientFrames = {
  login: frame('login', 'Opens a session. Rooms that the account keeps are joined again.', {
    user: name,
    password,
    takeover: Type.Optional(
      Type.Boolean({ description: 'End a session that is open on another connection.' }),
    ),
  }),
  register: frame('register', 'Makes an account, where registration is open, and logs in.', {
    user: name,
    password,
  }),
  resume: frame('resume', 'Goes on with a session whose connection or server was lost.', {
    token: Type.String({ maxLength: tokenCharactersMax }),
    cursor: Type.String({ maxLength: cursorCharactersMax }),
  }),
  logout: frame('logout', 'Ends the session and the connection.', {}),
  join: frame('join', 'Joins one more room; the account keeps it.', { room: name }),
  leave: frame('leave', 'Leaves a room; the account keeps it no longer.', { room: name }),
  say: frame('say', 'Posts a message to a room that the session is in.', {
    room: name,
    text,
    sequence,
  }),
  direct: frame('direct', 'Sends a direct message.', { to: name, text, sequence }),
  follow: frame('follow', 'Follows a user: what they say elsewhere comes as `followed`.', {
    user: name,
  }),
  unfollow: frame('unfollow', 'Follows a user no longer.', { user: name }),
  rooms: frame('rooms', 'Lists the rooms that somebody is in.', {}),
  members: frame('members', 'Lists who is in a room.', { room: name }),
  history: frame('history', 'Reads past messages of a room that the session is in.', {
    room: name,
    before: Type.Optional(number),
    after: Type.Optional(number),
    limit: Type.Integer({ minimum: 1, maximum: historyMessagesMax }),
  }),
  conversation: frame('conversation', 'Reads past direct messages with a user, newest last.', {
    peer: name,
    before: Type.Optional(number),
    limit: Type.Integer({ minimum: 1, maximum: historyMessagesMax }),
  }),
  conversations: frame('conversations', 'Lists with whom one has exchanged direct messages.', {}),
  read: frame(
    'read',
    'Marks a room, or the conversation with a peer, as read up to a message; the account keeps the mark.',
    { room: Type.Optional(name), peer: Type.Optional(name), number },
    // Either a room or a peer, besides the three that are always there.
    { minProperties: 4, maxProperties: 4 },
  ),
  sessions: frame('sessions', 'Shows where and since when the user is logged in.', {}),
  password: frame('password', 'Changes the password.', { old: password, next: password }),
  ping: frame('ping', 'Asks for an answer, to see that the server is there.', {}),
} as const;

export type ClientFrameType = keyof typeof clientFrames;
export type ClientFrameOf<T extends ClientFrameType> = Static<(typeof clientFrames)[T]>;
export type ClientFrame = { [T in ClientFrameType]: ClientFrameOf<T> }[ClientFrameType];
