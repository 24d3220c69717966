import type { ClientCommand } from '../../core/command.ts';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { historyMessagesDefault, historyMessagesMax, textBytesMax } from '../../core/limits.ts';
import { isReservedName, parseRoomName, parseUserName, type RoomName } from '../../core/names.ts';
import { cleanText, utf8Length } from '../../core/text.ts';
import { type CommandName, commandTable } from './command-table.ts';
import type { DecodedLine } from './line-decoder.ts';

/**
 * What a line asks for before login. Whatever is not understood is a malformed attempt to log in,
 * answered like a wrong password: an attempt with a typo must not tell more than any other.
 */
export function parseGreetingLine(decoded: DecodedLine): ClientCommand | undefined {
  if (decoded.kind !== 'line') return lineFault(decoded.kind);
  const [word = '', user, password, takeover, ...rest] = words(decoded.text);
  if (word === '') return undefined;
  switch (word.toLowerCase()) {
    case '/help':
      return help(user);
    case '/quit':
    case '/logout':
      return { type: 'logout' };
    case 'register':
      if (user === undefined || password === undefined || takeover !== undefined)
        return fault('Usage', 'REGISTER <user> <password>');
      return { type: 'register', user, password };
    case 'login': {
      const asked = takeover?.toLowerCase();
      const wellFormed = rest.length === 0 && (asked === undefined || asked === 'takeover');
      if (user === undefined || password === undefined || !wellFormed) break;
      return { type: 'login', user, password, takeover: asked === 'takeover' };
    }
    default:
  }
  return fault('InvalidCredentials');
}

/** What a line asks for in a session; undefined for an empty line, which asks for nothing. */
export function parseSessionLine(decoded: DecodedLine, user: string): ClientCommand | undefined {
  if (decoded.kind !== 'line') return lineFault(decoded.kind);
  const { text } = decoded;
  if (text === '') return undefined;
  const misplaced = misplacedPassword(text, user);
  if (misplaced !== undefined) return misplaced;
  if (text.startsWith('//')) return message(text.slice(1), say);
  if (!text.startsWith('/')) return message(text, say);
  const [typed = '', ...args] = words(text);
  const name = typed.slice(1).toLowerCase();
  if (!isCommand(name)) return fault('UnknownCommand', shown(typed));
  return parsers[name](args, text);
}

/**
 * A password that is typed at the wrong moment must not become a message. A login is one that is
 * written as the greeting asks for it, or in any case with the user's own name.
 */
function misplacedPassword(text: string, user: string): ClientCommand | undefined {
  if (/^\s+\/passwd\s/i.test(text)) return usage('passwd');
  const [word = '', name, password, takeover = 'takeover', ...rest] = words(text);
  if (password === undefined || takeover.toLowerCase() !== 'takeover' || rest.length > 0) return;
  const isWritten = word === 'LOGIN' || word === 'REGISTER';
  const isOwn = /^(?:login|register)$/i.test(word) && name?.toLowerCase() === user;
  return isWritten || isOwn ? fault('LoggedIn') : undefined;
}

/** Longer than any name that is right, and short enough for an answer of one line. */
const shownCharactersMax = 60;

type Parser = (args: readonly string[], line: string) => ClientCommand;

const parsers: Record<CommandName, Parser> = {
  join: (args) => withRoom('join', args, (room) => ({ type: 'join', room })),
  rooms: (args) => withoutArguments('rooms', args, { type: 'rooms' }),
  who: (args) =>
    args.length === 0
      ? { type: 'members' }
      : withRoom('who', args, (room) => ({ type: 'members', room })),
  subscribe: (args) => withUser('subscribe', args, (target) => ({ type: 'subscribe', target })),
  unsubscribe: (args) =>
    withUser('unsubscribe', args, (target) => ({ type: 'unsubscribe', target })),
  subscriptions: (args) => withoutArguments('subscriptions', args, { type: 'subscriptions' }),
  msg: ([typed, ...rest], line) => {
    if (typed === undefined || rest.length === 0) return usage('msg');
    const text = line.replace(/^\S+\s+\S+[ \t]/, '');
    return withUser('msg', [typed], (to) =>
      message(text, (cleaned) => ({ type: 'direct', to, text: cleaned })),
    );
  },
  history: ([count = String(historyMessagesDefault), ...rest]) => {
    const limit = /^\d{1,4}$/.test(count) ? Number(count) : 0;
    if (rest.length > 0 || limit < 1 || limit > historyMessagesMax) return usage('history');
    return { type: 'history', limit };
  },
  passwd: ([old, next, ...rest]) =>
    old === undefined || next === undefined || rest.length > 0
      ? usage('passwd')
      : { type: 'changePassword', old, next },
  sessions: (args) => withoutArguments('sessions', args, { type: 'session' }),
  receipts: ([choice, ...rest]) => {
    const on = choice?.toLowerCase();
    if (rest.length > 0 || (on !== 'on' && on !== 'off')) return usage('receipts');
    return { type: 'receipts', on: on === 'on' };
  },
  help: ([topic]) => help(topic),
  logout: (args) => withoutArguments('logout', args, { type: 'logout' }),
  quit: (args) => withoutArguments('quit', args, { type: 'logout' }),
};

const isCommand = (name: string): name is CommandName => Object.hasOwn(commandTable, name);

const words = (text: string): string[] => text.trim().split(/[ \t]+/);

const say = (text: string): ClientCommand => ({ type: 'say', text });

function message(typed: string, command: (text: string) => ClientCommand): ClientCommand {
  const text = cleanText(typed, { lines: false });
  if (text.trim() === '') return fault('EmptyText');
  return utf8Length(text) > textBytesMax ? fault('TextTooLong') : command(text);
}

function withRoom(
  name: CommandName,
  [typed, ...rest]: readonly string[],
  command: (room: RoomName) => ClientCommand,
): ClientCommand {
  if (typed === undefined || rest.length > 0) return usage(name);
  const room = parseRoomName(typed);
  return room === undefined ? nameFault('InvalidRoomName', typed) : command(room);
}

function withUser(
  name: CommandName,
  [typed, ...rest]: readonly string[],
  command: (user: string) => ClientCommand,
): ClientCommand {
  if (typed === undefined || rest.length > 0) return usage(name);
  const user = parseUserName(typed);
  return user === undefined ? nameFault('InvalidUserName', typed) : command(user);
}

const withoutArguments = (
  name: CommandName,
  args: readonly string[],
  command: ClientCommand,
): ClientCommand => (args.length === 0 ? command : usage(name));

const help = (topic: string | undefined): ClientCommand =>
  topic === undefined
    ? { type: 'help' }
    : { type: 'help', topic: shown(topic.replace(/^\//, '').toLowerCase()) };

/** What was typed, fit for being shown back. */
const shown = (typed: string): string => {
  const characters = [...cleanText(typed, { lines: false })];
  const tooMany = characters.length > shownCharactersMax;
  return tooMany ? `${characters.slice(0, shownCharactersMax).join('')}…` : characters.join('');
};

const usage = (name: CommandName): ClientCommand => fault('Usage', commandTable[name].usage);

const lineFault = (kind: 'tooLong' | 'notUtf8'): ClientCommand =>
  fault(kind === 'tooLong' ? 'LineTooLong' : 'NotUtf8');

const nameFault = (code: ErrorCode, typed: string): ClientCommand =>
  fault(isReservedName(typed) ? 'ReservedName' : code, shown(typed));

const fault = (code: ErrorCode, subject = ''): ClientCommand => ({ type: 'fault', code, subject });
