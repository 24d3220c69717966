import { roomNameCodePointsMax, userNameCharactersMax, userNameCharactersMin } from './limits.ts';

/** Prefixes of server lines: as names they would let somebody speak in the server's voice. */
const reserved: ReadonlySet<string> = new Set(['server', 'subbed', 'dm']);

const userName = new RegExp(`^[a-z0-9_-]{${userNameCharactersMin},${userNameCharactersMax}}$`);
const roomName = /^[\p{L}\p{M}\p{Nd}_.-]+$/u;
/** Characters that no font shows: two names could look the same. */
const invisible = /\p{Default_Ignorable_Code_Point}/u;

export interface RoomName {
  /** Two rooms are one when these are equal. */
  readonly canonical: string;
  /** As it was written, normalised. */
  readonly shown: string;
}

/** The canonical form of a user's name, or undefined when it is none. */
export function parseUserName(typed: string): string | undefined {
  const name = typed.toLowerCase();
  return userName.test(name) && !reserved.has(name) ? name : undefined;
}

/** The forms of a room's name, or undefined when it is none. */
export function parseRoomName(typed: string): RoomName | undefined {
  const shown = typed.normalize('NFC');
  if (!roomName.test(shown) || invisible.test(shown)) return undefined;
  if ([...shown].length > roomNameCodePointsMax) return undefined;
  const canonical = shown.toLowerCase().normalize('NFC');
  return reserved.has(canonical) ? undefined : { canonical, shown };
}

/** Where a login puts a user. */
export const lobby: RoomName = { canonical: 'lobby', shown: 'lobby' };
