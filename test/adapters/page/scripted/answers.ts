import type { ClientFrame, ClientFrameOf } from '../../../../adapters/websocket/client-frames.ts';
import type { OkOf } from '../../../../adapters/websocket/server-frames.ts';
import { errorWords } from '../../../../core/error-catalogue.ts';
import type { ScriptedChat, ScriptedUser } from './scripted-chat.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** Answers a frame as the chat's server would, as far as a page can tell. */
export function answer(chat: ScriptedChat, to: ScriptedConnection, frame: ClientFrame): void {
  switch (frame.type) {
    case 'ping':
      return to.ok(frame);
    case 'login':
    case 'register':
      return enter(chat, to, frame);
    case 'resume':
      return resume(chat, to, frame);
    default: {
      const user = chat.users.get(to.user ?? '');
      if (user !== undefined) answerUser(chat, to, user, frame);
    }
  }
}

function answerUser(
  chat: ScriptedChat,
  to: ScriptedConnection,
  user: ScriptedUser,
  frame: Exclude<ClientFrame, { type: 'ping' | 'login' | 'register' | 'resume' }>,
): void {
  switch (frame.type) {
    case 'logout':
      to.ok(frame);
      return chat.close(user.name, 'LoggedOut');
    case 'join':
      chat.pass('joined', frame.room, user.name);
      return to.ok(frame, chat.room(frame.room).joinedBy(user.name));
    case 'leave':
      chat.pass('left', frame.room, user.name);
      return to.ok(frame);
    case 'say': {
      const number = chat.say(frame.room, user.name, frame.text);
      const { room, epoch } = chat.room(frame.room);
      return to.ok(frame, { room, epoch, number });
    }
    case 'direct': {
      if (!chat.users.has(frame.to))
        return to.refuse(frame, 'NoSuchUser', errorWords('NoSuchUser', frame.to));
      return to.ok(frame, { to: frame.to, number: chat.write(user.name, frame.to, frame.text) });
    }
    case 'follow':
      if (!chat.users.has(frame.user))
        return to.refuse(frame, 'NoSuchUser', errorWords('NoSuchUser', frame.user));
      user.following.add(frame.user);
      return to.ok(frame);
    case 'unfollow':
      user.following.delete(frame.user);
      return to.ok(frame);
    case 'rooms': {
      const peopled = [...chat.rooms.values()].filter(({ members }) => members.size > 0);
      const rooms = peopled.map(({ room, name, members }) => ({
        room,
        name,
        members: members.size,
      }));
      return to.ok(frame, { rooms });
    }
    case 'members': {
      const { room, name, members } = chat.room(frame.room);
      return to.ok(frame, { room, name, members: [...members] });
    }
    case 'history':
      return to.ok(frame, chat.room(frame.room).history(frame));
    case 'conversation':
      return to.ok(frame, conversation(chat, user, frame));
    case 'conversations':
      return to.ok(frame, { conversations: conversations(chat, user) });
    case 'read':
      if (frame.peer === undefined) chat.room(frame.room ?? '').read.set(user.name, frame.number);
      else user.read.set(frame.peer, frame.number);
      return to.ok(frame);
    case 'sessions':
      return to.ok(frame, { user: user.name, server: 'chat-1', since: chat.now, rooms: [] });
    case 'password':
      if (frame.old !== user.password)
        return to.refuse(frame, 'WrongPassword', errorWords('WrongPassword', ''));
      user.password = frame.next;
      return to.ok(frame);
  }
}

function enter(
  chat: ScriptedChat,
  to: ScriptedConnection,
  frame: ClientFrameOf<'login' | 'register'>,
): void {
  const name = frame.user.toLowerCase();
  const present = chat.users.get(name);
  if (frame.type === 'register') {
    if (present !== undefined) return to.refuse(frame, 'NameTaken', errorWords('NameTaken', name));
    chat.account(name, frame.password);
  } else if (present?.password !== frame.password)
    return to.refuse(frame, 'InvalidCredentials', errorWords('InvalidCredentials', ''));
  const user = chat.account(name);
  if (chat.isConnected(user.name)) {
    if (frame.type === 'register' || frame.takeover !== true)
      return to.refuse(frame, 'AlreadyLoggedIn', errorWords('AlreadyLoggedIn', ''));
    chat.close(user.name, 'TakenOver');
  }
  const lobby = chat.room('lobby');
  if (!lobby.members.has(user.name)) lobby.passed('joined', user.name, Date.now());
  user.token = `token-${user.name}-${chat.received.length}`;
  user.sent.length = 0;
  to.user = user.name;
  to.ok(frame, sessionOf(chat, user));
}

function resume(chat: ScriptedChat, to: ScriptedConnection, frame: ClientFrameOf<'resume'>): void {
  const user = [...chat.users.values()].find(({ token }) => token === frame.token);
  if (user === undefined) return to.refuse(frame, 'SessionEnded', errorWords('SessionEnded', ''));
  chat.close(user.name, 'ResumedElsewhere');
  to.user = user.name;
  to.ok(frame, sessionOf(chat, user));
  for (const missed of user.sent.slice(Number(frame.cursor))) to.send(missed);
  to.send({ type: 'cursor', cursor: String(user.sent.length) });
}

function sessionOf(chat: ScriptedChat, user: ScriptedUser): OkOf<'login'> {
  const rooms = [...chat.rooms.values()].filter(({ members }) => members.has(user.name));
  return {
    user: user.name,
    token: user.token ?? '',
    server: 'chat-1',
    servers: [],
    rooms: rooms.map((room) => room.joinedBy(user.name)),
    following: [...user.following],
    cursor: String(user.sent.length),
  };
}

function conversation(
  chat: ScriptedChat,
  { name }: ScriptedUser,
  { peer, before = Infinity, limit }: ClientFrameOf<'conversation'>,
): OkOf<'conversation'> {
  const all = chat.directs.filter(
    ({ from, to, number }) =>
      number < before && ((from === name && to === peer) || (from === peer && to === name)),
  );
  const messages = all
    .slice(-limit)
    .map(({ number, at, from, to, text }) => ({ number, at, from, to, text }));
  return { peer, messages, more: all.length > messages.length };
}

function conversations(
  { directs }: ScriptedChat,
  { name, read: readOf }: ScriptedUser,
): OkOf<'conversations'>['conversations'] {
  const last = new Map<string, OkOf<'conversations'>['conversations'][number]>();
  for (const { number, at, from, to, text } of directs)
    if (from === name || to === name) {
      const peer = from === name ? to : from;
      const read = readOf.get(peer) ?? 0;
      const before = last.get(peer)?.unread ?? 0;
      const unread = from === peer && number > read ? before + 1 : before;
      last.set(peer, { peer, last: { number, at, from, to, text }, read, unread });
    }
  return [...last.values()].toSorted((one, other) => other.last.number - one.last.number);
}
