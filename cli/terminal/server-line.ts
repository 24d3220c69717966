import { type ErrorCode, errorCatalogue } from '../../core/error-catalogue.ts';

/** What a line of the server says. `text` is the whole line, fit for a terminal. */
export type ServerLine = { readonly text: string } & (
  | { readonly kind: 'authRequired' }
  | { readonly kind: 'welcome'; readonly user: string; readonly room: string }
  | { readonly kind: 'joined'; readonly room: string }
  | { readonly kind: 'success'; readonly words: string }
  | { readonly kind: 'error'; readonly code: ErrorCode | undefined; readonly subject: string }
  | { readonly kind: 'stored' }
  | { readonly kind: 'notice'; readonly room: string; readonly user: string }
  | { readonly kind: 'message' | 'subbed' | 'direct'; readonly from: Spoken }
  | { readonly kind: 'past'; readonly from: Spoken }
  | { readonly kind: 'names'; readonly of: 'rooms' | 'users'; readonly names: readonly string[] }
  | { readonly kind: 'other' }
);

/** A line somebody said, in parts: `prefix` (a room or mark and a space), the user, the text. */
export interface Spoken {
  readonly prefix: string;
  readonly user: string;
  readonly said: string;
}

/** Reads one line of the line protocol, without its end. Never fails: what is unknown is `other`. */
export function parseServerLine(text: string): ServerLine {
  for (const [pattern, read] of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return read(text, match);
  }
  return { kind: 'other', text };
}

type Reader = (text: string, match: RegExpExecArray) => ServerLine;

const patterns: readonly (readonly [RegExp, Reader])[] = [
  [/^AUTH_REQUIRED:/, (text) => ({ kind: 'authRequired', text })],
  [
    /^SUCCESS: Welcome (\S+)\. You are in (\S+)\.$/,
    (text, [, user = '', room = '']) => ({ kind: 'welcome', text, user, room }),
  ],
  [/^SUCCESS: Joined (\S+)$/, (text, [, room = '']) => ({ kind: 'joined', text, room })],
  [/^SUCCESS: (.*)$/, (text, [, words = '']) => ({ kind: 'success', text, words })],
  [/^ERROR: (.*)$/, (text, [, words = '']) => ({ kind: 'error', text, ...errorOf(words) })],
  [/^STORED \S+ \S+ \d+$/, (text) => ({ kind: 'stored', text })],
  [
    /^\[([^\]]+)\] Server: (\S+) (?:joined|left)\.$/,
    (text, [, room = '', user = '']) => ({ kind: 'notice', text, room, user }),
  ],
  [/^(\[Subbed\] )([^:\s]+): (.*)$/, spoken('subbed')],
  [/^(\[DM\] )([^:\s]+): (.*)$/, spoken('direct')],
  [/^(\[[^\]]+\] )([^:\s]+): (.*)$/, spoken('message')],
  [/^(#\d+ \S+ )([^:\s]+): (.*)$/, spoken('past')],
  [
    /^Rooms: (.+)$/,
    (text, [, list = '']) => ({ kind: 'names', text, of: 'rooms', names: list.split(', ') }),
  ],
  [
    /^(?:In \S+|Subscriptions): (.+)$/,
    (text, [, list = '']) => ({ kind: 'names', text, of: 'users', names: list.split(', ') }),
  ],
];

function spoken(kind: 'message' | 'subbed' | 'direct' | 'past'): Reader {
  return (text, [, prefix = '', user = '', said = '']) => ({
    kind,
    text,
    from: { prefix, user, said },
  });
}

/**
 * The catalogue's words as patterns: the only thing by which a line tells one error from another.
 * The most detailed come first, for a subject may be any text.
 */
const errorPatterns = Object.entries(errorCatalogue)
  .toSorted(([, one], [, other]) => other.length - one.length)
  .map(([code, words]) => {
    const literal = words.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return { code: code as ErrorCode, pattern: new RegExp(`^${literal.join('(.*)')}$`) };
  });

function errorOf(words: string): { code: ErrorCode | undefined; subject: string } {
  for (const { code, pattern } of errorPatterns) {
    const match = pattern.exec(words);
    if (match !== null) return { code, subject: match[1] ?? '' };
  }
  return { code: undefined, subject: '' };
}
