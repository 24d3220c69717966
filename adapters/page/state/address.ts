import type { Place } from './page-state.ts';
import { directKey, roomKey, type TalkKey } from './talk.ts';

const followed = '#/following';
const personMark = '@';

/** What stands behind the page's address while a place is open: `#room`, `#@person`; none for the list. */
export function addressOf(place: Place): string {
  if (place.kind === 'nothing') return '';
  return place.kind === 'followed' ? followed : `#${nameIn(place.key)}`;
}

/** The place that an address leads to. It may be one that is not there. */
export function placeAt(address: string): Place {
  if (address === followed) return { kind: 'followed' };
  const name = decoded(address.slice(1));
  if (name === '') return { kind: 'nothing' };
  const key = name.startsWith(personMark)
    ? directKey(name.slice(personMark.length).toLowerCase())
    : roomKey(name.toLowerCase());
  return { kind: 'talk', key };
}

function nameIn(key: TalkKey): string {
  const [kind, name] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  return kind === 'direct' ? personMark + name : encodeURIComponent(name);
}

/** What is no encoding of anything leads nowhere. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
