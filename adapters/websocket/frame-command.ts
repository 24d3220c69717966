import type { ClientCommand } from '../../core/command.ts';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { textBytesMax } from '../../core/limits.ts';
import { isReservedName, parseRoomName, parseUserName, type RoomName } from '../../core/names.ts';
import { unreachable } from '../../core/rejection.ts';
import { cleanText, utf8Length } from '../../core/text.ts';
import type { ClientFrame, ClientFrameType } from './client-frames.ts';

/** What a frame of each type asks for. */
export const commandTypes = {
  login: 'login',
  register: 'register',
  resume: 'resume',
  logout: 'logout',
  join: 'join',
  leave: 'leave',
  say: 'say',
  direct: 'direct',
  follow: 'subscribe',
  unfollow: 'unsubscribe',
  rooms: 'rooms',
  members: 'members',
  history: 'history',
  conversation: 'conversation',
  conversations: 'conversations',
  read: 'markRoomRead',
  sessions: 'session',
  password: 'changePassword',
  ping: 'ping',
} as const satisfies Record<ClientFrameType, ClientCommand['type']>;

/** What a frame asks for. Its form has been checked; names and texts have rules of their own. */
export function commandOf(frame: ClientFrame): ClientCommand {
  const command = parsed(frame);
  return command.type === 'fault' ? { ...command, of: commandTypes[frame.type] } : command;
}

function parsed(frame: ClientFrame): ClientCommand {
  switch (frame.type) {
    case 'login': {
      const { user, password, takeover = false } = frame;
      return { type: 'login', user, password, takeover };
    }
    case 'register':
      return { type: 'register', user: frame.user, password: frame.password };
    case 'resume':
      return { type: 'resume', token: frame.token, cursor: frame.cursor };
    case 'join':
      return withRoom(frame.room, (room) => ({ type: 'join', room }));
    case 'leave':
      return withRoom(frame.room, (room) => ({ type: 'leave', room }));
    case 'say': {
      const { sequence } = frame;
      return withRoom(frame.room, (room) =>
        withText(frame.text, (text) => ({ type: 'say', room, text, sequence })),
      );
    }
    case 'direct': {
      const { sequence } = frame;
      return withUser(frame.to, (to) =>
        withText(frame.text, (text) => ({ type: 'direct', to, text, sequence })),
      );
    }
    case 'follow':
      return withUser(frame.user, (target) => ({ type: 'subscribe', target }));
    case 'unfollow':
      return withUser(frame.user, (target) => ({ type: 'unsubscribe', target }));
    case 'members':
      return withRoom(frame.room, (room) => ({ type: 'members', room }));
    case 'history': {
      const { limit, before, after } = frame;
      const around = {
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      };
      return withRoom(frame.room, (room) => ({ type: 'history', room, limit, ...around }));
    }
    case 'conversation': {
      const { limit, before } = frame;
      const upTo = before === undefined ? {} : { before };
      return withUser(frame.peer, (peer) => ({ type: 'conversation', peer, limit, ...upTo }));
    }
    case 'read': {
      const { room: typed = '', peer: other, number: through } = frame;
      return other === undefined
        ? withRoom(typed, (room) => ({ type: 'markRoomRead', room, through }))
        : withUser(other, (peer) => ({ type: 'markConversationRead', peer, through }));
    }
    case 'sessions':
      return { type: 'session' };
    case 'password':
      return { type: 'changePassword', old: frame.old, next: frame.next };
    case 'logout':
    case 'rooms':
    case 'conversations':
    case 'ping':
      return { type: frame.type };
    default:
      return unreachable(frame);
  }
}

/** Longer than any name that is right. */
const shownCharactersMax = 60;

function withRoom(typed: string, command: (room: RoomName) => ClientCommand): ClientCommand {
  const room = parseRoomName(typed);
  return room === undefined ? nameFault('InvalidRoomName', typed) : command(room);
}

function withUser(typed: string, command: (user: string) => ClientCommand): ClientCommand {
  const user = parseUserName(typed);
  return user === undefined ? nameFault('InvalidUserName', typed) : command(user);
}

function withText(typed: string, command: (text: string) => ClientCommand): ClientCommand {
  const text = cleanText(typed, { lines: true });
  if (text.trim() === '') return fault('EmptyText');
  return utf8Length(text) > textBytesMax ? fault('TextTooLong') : command(text);
}

const nameFault = (code: ErrorCode, typed: string): ClientCommand => {
  const shown = cleanText(typed, { lines: false }).slice(0, shownCharactersMax);
  return fault(isReservedName(typed) ? 'ReservedName' : code, shown);
};

const fault = (code: ErrorCode, subject = ''): ClientCommand => ({ type: 'fault', code, subject });
