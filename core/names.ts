import { roomNameCodePointsMax, userNameCharactersMax, userNameCharactersMin } from './limits.ts';

/** Prefixes of server lines: as names they would let somebody speak in the server's voice. */
const reserved: ReadonlySet<string> = new Set(['server', 'subbed', 'dm']);

const userName = new RegExp(`^[A-Za-z0-9_-]{${userNameCharactersMin},${userNameCharactersMax}}$`);
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
  // Tested as typed: the Kelvin sign is no letter of ours, and its lower case is one.
  if (!userName.test(typed)) return undefined;
  const name = typed.toLowerCase();
  return reserved.has(name) ? undefined : name;
}

/** The forms of a room's name, or undefined when it is none. */
export function parseRoomName(typed: string): RoomName | undefined {
  const shown = typed.normalize('NFC');
  if (!roomName.test(shown) || invisible.test(shown)) return undefined;
  if ([...shown].length > roomNameCodePointsMax) return undefined;
  const canonical = foldCase(shown);
  return reserved.has(canonical) ? undefined : { canonical, shown };
}

/** Whether a name is refused for being one in which the server speaks. */
export const isReservedName = (typed: string): boolean => reserved.has(foldCase(typed));

/** Where a login puts a user. */
export const lobby: RoomName = { canonical: 'lobby', shown: 'lobby' };

/**
 * One form for all that differ in case alone. Lower case by itself keeps `straße` apart from
 * `STRASSE`, a final sigma from another, and `ſerver` (with a long s) from `server`. The letters
 * i with and without a dot become one. Decomposed first, as Unicode's caseless matching is (3.13,
 * D145): a mark may itself have an upper case.
 */
const foldCase = (text: string): string =>
  text.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
