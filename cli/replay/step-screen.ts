import { cleanText } from '../../core/text.ts';
import type { ChatState } from '../../core/views/chat-state.ts';
import type { Colours } from '../colours.ts';
import { noCommit } from './commits.ts';
import { cutToWidth } from './cut-to-width.ts';
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

/** The lines of the terminal: the event, what it changed, and the state before and after it. */
export function stepScreen(screen: StepScreen): readonly string[] {
  const { step, size, paint, columns, rows } = screen;
  if (step === undefined) return [paint.dim('Reading …')];
  const { record, before, after, index } = step;
  const { partition, position, at, stream, event } = record;
  const place = screen.partitions === 1 ? String(position) : `${partition}:${position}`;
  const top = [
    `${paint.bold(`Event ${index + 1} of ${size}`)}  position ${place}  ${instantText(at)} UTC`,
    paint.dim(`${event.type}  in ${shown(stream)} at ${record.revision}`),
    '',
    paint.bold(shown(wordsOf(screen, step))),
    '',
    ...changedLines(before, after, paint),
    '',
  ];
  const bottom = [
    '',
    screen.asked === undefined
      ? screen.trouble === ''
        ? paint.dim(keys)
        : paint.red(screen.trouble)
      : `Go to a time or a position: ${screen.asked}▏`,
  ];
  const height = Math.max(rows - top.length - bottom.length, 0);
  const half = Math.max(Math.floor((columns - 3) / 2), 10);
  const [left, right] = [sideOf('Before', before), sideOf('After', after)];
  const body = Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const [one = '', other = ''] = [left[row], right[row]];
    const isNew = row > 0 && !left.includes(other);
    const isGone = row > 0 && !right.includes(one);
    const former = cutToWidth(one, half);
    const latter = cutToWidth(other, half);
    const painted = row === 0 ? paint.bold(former) : isGone ? paint.red(former) : former;
    return `${painted} ${paint.dim('│')} ${row === 0 ? paint.bold(latter) : isNew ? paint.green(latter) : latter}`;
  });
  const cut =
    body.length > height ? [...body.slice(0, Math.max(height - 1, 0)), paint.dim('…')] : body;
  return [...top, ...cut, ...bottom];
}

function wordsOf({ partitions }: StepScreen, { record }: Step): string {
  const told = tell(record, noCommit, partitions);
  if (told === undefined) return `${record.event.type}, told by another partition`;
  const { room, user = '', between = '', words } = told;
  return `${room === undefined ? '' : `${room}  `}${user}${between}${words}`;
}

function changedLines(before: ChatState, after: ChatState, paint: Colours): readonly string[] {
  const changes = differenceLines(before, after, new Map());
  if (changes.length === 0) return [paint.dim('  Nobody’s place has changed.')];
  const shownMax = 6;
  const lines = changes.slice(0, shownMax).map(({ sign, words }) => {
    const line = `  ${sign} ${shown(words)}`;
    if (sign === '+') return paint.green(line);
    return sign === '-' ? paint.red(line) : paint.yellow(line);
  });
  const more = changes.length - shownMax;
  return more > 0 ? [...lines, paint.dim(`  and ${more} more`)] : lines;
}

/** A state, a line for each room, person and server. */
function sideOf(
  title: string,
  { rooms, sessions, servers, following }: ChatState,
): readonly string[] {
  return [
    title,
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
