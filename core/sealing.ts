import type { ChatEvent } from './event.ts';
import type { Recorded } from './event-store.ts';

/** Whose text it is, and where it was said: a text is sealed under a key of each. */
export interface SealedUnder {
  readonly author: string;
  /** `room:<room>` or `pair:<a>:<b>`, a < b. */
  readonly place: string;
}

/**
 * Why a text is not shown. `erased`: its author's key was destroyed. `expired`: its room's key of
 * that month was. `sealed`: whoever reads has no keys.
 */
export type Withheld = 'erased' | 'expired' | 'sealed';

/** What stands in place of a text that is not shown. */
export const withheldText = (why: Withheld): string => `[${why}]`;

/** Under which keys an event's text is sealed; undefined for one without text of a person. */
export function sealedUnder(event: ChatEvent): SealedUnder | undefined {
  switch (event.type) {
    case 'MessagePosted':
      return { author: event.data.user, place: `room:${event.data.room}` };
    case 'DirectMessagePosted': {
      const { from, to } = event.data;
      return { author: from, place: from < to ? `pair:${from}:${to}` : `pair:${to}:${from}` };
    }
    default:
      return undefined;
  }
}

export const userKeyName = (user: string): string => `user:${user}`;

/** @param month counted from January 1970, which is 0 */
export const placeKeyName = (place: string, month: number): string =>
  `${place}:${monthName(month)}`;

/** The months of a place's key, or undefined for the name of another. */
export function monthOfKey(name: string, place: string): number | undefined {
  const found =
    name.startsWith(`${place}:`) && /^(\d{4,})-(\d\d)$/.exec(name.slice(place.length + 1));
  return found ? (Number(found[1]) - 1970) * 12 + Number(found[2]) - 1 : undefined;
}

/** The month of a time in milliseconds since 1970, in UTC, counted from January 1970. */
export function monthAt(at: number): number {
  // From days to months as in Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
  const days = Math.floor(at / dayMs) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const year = yearOfEra + era * 400 + (monthFromMarch >= 10 ? 1 : 0);
  return (year - 1970) * 12 + ((monthFromMarch + 2) % 12);
}

/** A sealed record with its text replaced by the word for why it is not shown. */
export function withheldRecord(recorded: Recorded, why: Withheld): Recorded {
  const { sealed, ...others } = recorded;
  if (sealed === undefined) return recorded;
  const event = { ...recorded.event, text: withheldText(why) } as ChatEvent;
  return { ...others, event, withheld: why };
}

const dayMs = 86_400_000;

function monthName(month: number): string {
  const year = 1970 + Math.floor(month / 12);
  return `${String(year).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}
