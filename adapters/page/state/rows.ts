import type { Entry, Gap, Message } from './entry.ts';
import type { Outgoing } from './outgoing.ts';
import type { Timeline } from './timeline.ts';

/** What is shown one below the other. `key` stays with a row for as long as it is shown. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'new'; readonly key: string }
  | MessageRow
  | {
      readonly kind: 'passage';
      readonly key: string;
      /** Of the first. */
      readonly place: number;
      readonly passages: readonly PassageWords[];
    }
  | { readonly kind: 'gap'; readonly key: string; readonly gap: Gap }
  | {
      readonly kind: 'outgoing';
      readonly key: string;
      readonly outgoing: Outgoing;
      readonly leads: boolean;
    };

export interface MessageRow {
  readonly kind: 'message';
  readonly key: string;
  readonly message: Message;
  /** Whether it begins a group, and so shows who says it. */
  readonly leads: boolean;
}

/** Who came or went, in the order in which they did. */
export interface PassageWords {
  readonly verb: 'joined' | 'left' | 'lost';
  readonly users: readonly string[];
}

export interface RowOptions {
  readonly me: string;
  /** The line of what is new lies behind this place. */
  readonly newAfter: number | undefined;
  /** The beginning of the day that a time lies in, where the reader is. */
  readonly dayOf: (at: number) => number;
}

/** Messages of one person that are this close are shown as one. */
export const groupMs = 5 * 60_000;

/** The rows of a timeline and of what is on its way. */
export function rowsOf(
  { entries, older }: Timeline,
  outgoing: readonly Outgoing[],
  { me, newAfter, dayOf }: RowOptions,
): readonly Row[] {
  const rows: Row[] = [];
  let day: number | undefined;
  // Where what was seen last is not loaded, the line would stand in the middle of what is new.
  const isReached = older === 'none' || (entries[0]?.place ?? Infinity) <= (newAfter ?? 0);
  let isNewDrawn = newAfter === undefined || !isReached;
  for (const entry of entries) {
    if (entry.kind !== 'gap' && dayOf(entry.at) !== day) {
      day = dayOf(entry.at);
      rows.push({ kind: 'day', key: `day:${entry.place}`, at: day });
    }
    if (!isNewDrawn && isNew(entry, newAfter, me)) {
      isNewDrawn = true;
      rows.push({ kind: 'new', key: 'new' });
    }
    addEntry(rows, entry);
  }
  for (const one of outgoing) {
    const leads = !continues(rows.at(-1), me, one.at);
    rows.push({ kind: 'outgoing', key: `outgoing:${one.id}`, outgoing: one, leads });
  }
  return rows;
}

function isNew(entry: Entry, newAfter: number | undefined, me: string): boolean {
  return entry.kind === 'message' && entry.user !== me && entry.place > (newAfter ?? Infinity);
}

function addEntry(rows: Row[], entry: Entry): void {
  const key = `${entry.kind === 'message' || entry.kind === 'gap' ? entry.kind : 'passage'}:${entry.place}`;
  if (entry.kind === 'message') {
    const leads = !continues(rows.at(-1), entry.user, entry.at);
    rows.push({ kind: 'message', key, message: entry, leads });
  } else if (entry.kind === 'gap') {
    rows.push({ kind: 'gap', key, gap: entry });
  } else {
    const users = entry.kind === 'departed' ? entry.users : [entry.user];
    const verb = entry.kind === 'departed' ? 'lost' : entry.kind;
    const before = rows.at(-1);
    if (before?.kind !== 'passage')
      rows.push({ kind: 'passage', key, place: entry.place, passages: [{ verb, users }] });
    else rows[rows.length - 1] = { ...before, passages: joined(before.passages, verb, users) };
  }
}

function continues(before: Row | undefined, user: string, at: number): boolean {
  if (before?.kind === 'outgoing') return at - before.outgoing.at < groupMs;
  if (before?.kind !== 'message') return false;
  return before.message.user === user && at - before.message.at < groupMs;
}

function joined(
  passages: readonly PassageWords[],
  verb: PassageWords['verb'],
  users: readonly string[],
): readonly PassageWords[] {
  const last = passages.at(-1);
  if (last?.verb !== verb) return [...passages, { verb, users }];
  const all = [...last.users, ...users.filter((user) => !last.users.includes(user))];
  return [...passages.slice(0, -1), { verb, users: all }];
}
