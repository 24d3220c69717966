import { parseRoomName, parseUserName, type RoomName } from '../../../core/names.ts';

/** What whoever typed it wants. */
export type Meaning =
  | { readonly kind: 'say'; readonly text: string }
  | Order
  /** `isAsked`: the words are what was wanted; else they say why nothing was done. */
  | { readonly kind: 'hint'; readonly words: string; readonly isAsked: boolean };

/** What a command asks for. */
export type Order =
  | { readonly kind: 'join'; readonly room: RoomName }
  | { readonly kind: 'direct'; readonly peer: string; readonly text: string };

const commandWords =
  '/join ROOM joins or makes a room, /msg NAME TEXT writes to one person. // at the beginning says a /.';

/**
 * What begins with a slash is a command, as on the chat's text line, and is never said by mistake;
 * two slashes say one. The other commands of the line are buttons and menus here.
 */
export function meantBy(typed: string): Meaning {
  const text = typed.trimStart();
  if (text.startsWith('//')) return { kind: 'say', text: text.slice(1) };
  if (!text.startsWith('/')) return { kind: 'say', text: typed };
  const [, command = '', given = ''] = /^(\S+)\s*([^]*)$/.exec(text) ?? [];
  const rest = given.trim();
  switch (command.toLowerCase()) {
    case '/help':
      return { kind: 'hint', words: commandWords, isAsked: true };
    case '/join': {
      const room = parseRoomName(rest);
      return room === undefined ? refused('It is /join ROOM.') : { kind: 'join', room };
    }
    case '/msg': {
      const [, name = '', words = ''] = /^(\S+)\s+([^]+)$/.exec(rest) ?? [];
      const peer = parseUserName(name);
      if (peer === undefined) return refused('It is /msg NAME TEXT.');
      return { kind: 'direct', peer, text: words };
    }
    default:
      return refused(`There is no command ${command} here. To say it, begin with //.`);
  }
}

const refused = (words: string): Meaning => ({ kind: 'hint', words, isAsked: false });
