import { cleanText } from '../../core/text.ts';
import type { ChatState } from '../../core/views/chat-state.ts';
import type { Colours } from '../colours.ts';
import { noCommit } from './commits.ts';
import { cutToWidth, rowsOf } from './cut-to-width.ts';
import { differenceLines } from './difference.ts';
import { instantText } from './instant.ts';
import { tell } from './story.ts';
import type { Step } from './stepper.ts';

export interface StepScreen {
  readonly step: Step | undefined;
  /** How many records there are. */
  readonly size: number;
  readonly partitions: number;
  /** What is being typed; undefined when nothing is. */
  readonly asked: string | undefined;
  readonly trouble: string;
  readonly columns: number;
  readonly rows: number;
  readonly paint: Colours;
}

const keys = '→ next  ← back  PgDn/PgUp by 100  Home/End  g go to  q quit';

/** A message may be longer than the screen; what it changed is to be seen too. */
const wordRowsMax = 6;
/** Below this the state has no room, and is cut. */
const columnsMin = 20;

/** The rows of the terminal: the event, what it changed, the state before and after it, and the keys. */
export function stepScreen(screen: StepScreen): readonly string[] {
  const { step, size, paint, rows } = screen;
  if (step === undefined) return [paint.dim('Reading …')];
  const columns = Math.max(screen.columns, columnsMin);
  const { record, before, after, index } = step;
  const { partition, position, at, stream, event } = record;
  const place = screen.partitions === 1 ? String(position) : `${partition}:${position}`;
  const number = `Event ${index + 1} of ${size}`;
  const cut = (text: string): string => cutToWidth(text, columns).trimEnd();
  const heading = cut(`${number}  position ${place}  ${instantText(at)} UTC`);
  const words = wordsOf(screen, step);
  const top = [
    heading.startsWith(number) ? paint.bold(number) + heading.slice(number.length) : heading,
    paint.dim(cut(`${event.type}  in ${shown(stream)} at ${record.revision}`)),
    '',
    ...words.map((row) => paint.bold(row)),
    '',
    ...changedLines(before, after, columns, paint),
    '',
  ];
  const bottom = ['', ...bottomLines(screen, columns)];
  const height = Math.max(rows - top.length - bottom.length, 0);
  const body = sidesOf(before, after, { columns, height, paint });
  // The keys stay where they are, at the end.
  const empty = Array.from({ length: Math.max(height - body.length, 0) }, () => '');
  return [...top, ...body, ...empty, ...bottom].slice(0, rows);
}

function bottomLines({ asked, trouble, paint }: StepScreen, columns: number): readonly string[] {
  if (asked !== undefined) return [cutToWidth(`Go to a time or a position: ${asked}▏`, columns)];
  if (trouble !== '') return rowsOf(shown(trouble), columns, 2).map((row) => paint.red(row));
  return [paint.dim(cutToWidth(keys, columns).trimEnd())];
}

/** The two states side by side, from where they differ if that does not fit. */
function sidesOf(
  before: ChatState,
  after: ChatState,
  { columns, height, paint }: { columns: number; height: number; paint: Colours },
): readonly string[] {
  if (height === 0) return [];
  const half = Math.max(Math.floor((columns - 3) / 2), 1);
  const [left, right] = [linesOf(before), linesOf(after)];
  const [gone, come] = [missingIn(right, left), missingIn(left, right)];
  const side = (one: string, other: string): string => `${one} ${paint.dim('│')} ${other}`;
  const all = Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const [one = '', other = ''] = [left[row], right[row]];
    const [former, latter] = [cutToWidth(one, half), cutToWidth(other, half)];
    return side(
      gone.has(one) ? paint.red(former) : former,
      come.has(other) ? paint.green(latter) : latter,
    );
  });
  const title = side(paint.bold(cutToWidth('Before', half)), paint.bold(cutToWidth('After', half)));
  const room = height - 1;
  if (all.length <= room) return [title, ...all];
  const changed = all.findIndex(
    (_, row) => gone.has(left[row] ?? '') || come.has(right[row] ?? ''),
  );
  // Two of its rows may say that there is more, where there are others.
  const from = Math.max(Math.min(room < 3 ? changed : changed - 1, all.length - room), 0);
  const seen = all.slice(from, from + room);
  if (room < 3) return [title, ...seen];
  const more = paint.dim('…');
  if (from > 0) seen[0] = more;
  if (from + room < all.length) seen[seen.length - 1] = more;
  return [title, ...seen];
}

const missingIn = (lines: readonly string[], others: readonly string[]): ReadonlySet<string> =>
  new Set(others.filter((line) => !lines.includes(line)));

function wordsOf(
  { partitions, columns }: StepScreen,
  { record, before, after }: Step,
): readonly string[] {
  const told = tell(record, noCommit, partitions);
  if (told === undefined) return [`${record.event.type}, told by another partition`];
  const { room = '', user = '', between = '', words } = told;
  const name = after.rooms[room]?.name ?? before.rooms[room]?.name ?? room;
  const all = `${room === '' ? '' : `${name}  `}${user}${between}${words}`;
  const rows = all
    .split('\n')
    .flatMap((line) => rowsOf(shown(line), Math.max(columns, columnsMin), wordRowsMax));
  return rows.length > wordRowsMax ? [...rows.slice(0, wordRowsMax - 1), '…'] : rows;
}

function changedLines(
  before: ChatState,
  after: ChatState,
  columns: number,
  paint: Colours,
): readonly string[] {
  const changes = differenceLines(before, after, new Map());
  if (changes.length === 0) return [paint.dim('  Nobody’s place has changed.')];
  const shownMax = 6;
  const lines = changes.slice(0, shownMax).map(({ sign, words }) => {
    const line = cutToWidth(`  ${sign} ${shown(words)}`, columns).trimEnd();
    if (sign === '+') return paint.green(line);
    return sign === '-' ? paint.red(line) : paint.yellow(line);
  });
  const more = changes.length - shownMax;
  return more > 0 ? [...lines, paint.dim(`  and ${more} more`)] : lines;
}

/** A state, a line for each room, person and server. */
function linesOf({ rooms, sessions, servers, following }: ChatState): readonly string[] {
  return [
    ...byName(rooms).map(([, { name, members }]) => {
      const users = new Set(Object.values(members).map(({ user }) => user));
      return `${shown(name)}: ${[...users].toSorted().map(shown).join(', ')}`;
    }),
    ...Object.values(sessions)
      .toSorted((one, other) => (one.user < other.user ? -1 : 1))
      .map(({ user, server, isDetached }) => {
        const targets = following[user]?.targets ?? [];
        const follows = targets.length === 0 ? '' : `, follows ${targets.map(shown).join(', ')}`;
        return `${shown(user)} on ${shown(server)}${isDetached ? ', away' : ''}${follows}`;
      }),
    ...byName(servers).map(([name]) => `server ${shown(name)}`),
  ];
}

const byName = <T>(values: Readonly<Record<string, T>>): readonly [string, T][] =>
  Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));

const shown = (text: string): string => cleanText(text, { lines: false });
