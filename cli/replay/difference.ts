import { foldRecord, peekType } from '../../adapters/fold-record.ts';
import { cleanText } from '../../core/text.ts';
import { type ChatState, stateOf } from '../../core/views/chat-state.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { type Colours, colours } from '../colours.ts';
import { comparedPlaces } from './asked-places.ts';
import { foldTo } from './fold-log.ts';
import { between, sizeOf } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import { momentWords } from './moment-words.ts';
import { progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';
import { RoomNames } from './room-names.ts';

/** Prints what is otherwise at one moment than at an earlier one. */
export async function printDifference(
  replay: Replay,
  mode: Extract<Mode, { kind: 'diff' }>,
): Promise<void> {
  const { source, start, output } = replay;
  const { first, last } = await comparedPlaces(replay, mode);
  const spans = between(first, last);
  using progress = progressOf(replay, sizeOf(between(start.positions, last)));
  const view = await foldTo(source, first, start, progress);
  const before = stateOf(view);
  const messages = new Map<string, number>();
  for await (const batch of mergedLog(source, spans)) {
    for (const stored of batch) {
      if (peekType(stored) === 'MessagePosted')
        messages.set(stored.stream, (messages.get(stored.stream) ?? 0) + 1);
      const recorded = foldRecord(stored);
      if (recorded !== undefined) evolveWholeChat(view, recorded);
    }
    progress.read(batch.length);
  }
  progress.end();
  const names = new RoomNames(replay);
  await names.learnOf([...messages.keys()].map(roomOf));
  const lines = differenceLines(before, stateOf(view), messages, (room) => names.of(room));
  const [from, to] = [
    await momentWords(source, mode.one, first),
    await momentWords(source, mode.other, last),
  ];
  const heading = `From ${from} to ${to}: ${eventsWord(sizeOf(spans))}`;
  await output.write(differenceText(heading, lines, colours(process.stdout)));
}

/** One thing that is otherwise: there now, no longer there, or another. */
export interface Changed {
  readonly sign: '+' | '-' | '~';
  readonly words: string;
}

/**
 * What is otherwise in the second state. `messages`: how many were said, by the room's stream;
 * `nameOf`: how a room is called in which nobody is.
 */
export function differenceLines(
  before: ChatState,
  after: ChatState,
  messages: ReadonlyMap<string, number>,
  nameOf: (room: string) => string = (room) => room,
): readonly Changed[] {
  return [
    ...serverChanges(before, after),
    ...peopleChanges(before, after),
    ...roomChanges(before, after, messages, nameOf),
    ...followingChanges(before, after),
  ];
}

function serverChanges(before: ChatState, after: ChatState): readonly Changed[] {
  return namesOf(before.servers, after.servers).flatMap((server): readonly Changed[] => {
    const [was, is] = [before.servers[server], after.servers[server]];
    if (was === undefined) return [plus(`server ${server} runs`)];
    if (is === undefined) return [minus(`server ${server} runs`)];
    return was.incarnation === is.incarnation ? [] : [other(`server ${server} was started anew`)];
  });
}

function peopleChanges(before: ChatState, after: ChatState): readonly Changed[] {
  const [was, is] = [onlineIn(before), onlineIn(after)];
  return namesOf(was, is).flatMap((user): readonly Changed[] => {
    const [then, now] = [was[user], is[user]];
    if (now === undefined) return [minus(`${user} online`)];
    if (then === undefined) return [plus(`${user} online, on ${now.server}`)];
    if (then.session !== now.session)
      return [other(`${user} online, in another session, on ${now.server}`)];
    if (then.server !== now.server) return [other(`${user} online, now on ${now.server}`)];
    if (then.isDetached === now.isDetached) return [];
    return [other(now.isDetached ? `${user} lost the connection` : `${user} is back`)];
  });
}

function roomChanges(
  before: ChatState,
  after: ChatState,
  messages: ReadonlyMap<string, number>,
  nameOf: (room: string) => string,
): readonly Changed[] {
  const spoken = [...messages.keys()].map((stream) => [roomOf(stream), 0] as const);
  const rooms = namesOf({ ...before.rooms, ...Object.fromEntries(spoken) }, after.rooms);
  return rooms.flatMap((room): readonly Changed[] => {
    const name = (after.rooms[room] ?? before.rooms[room])?.name ?? nameOf(room);
    const [was, is] = [usersIn(before, room), usersIn(after, room)];
    const said = messages.get(`room:${room}`) ?? 0;
    return [
      ...[...is].filter((user) => !was.has(user)).map((user) => plus(`${user} in ${name}`)),
      ...[...was].filter((user) => !is.has(user)).map((user) => minus(`${user} in ${name}`)),
      ...(said === 0 ? [] : [other(`${said} ${said === 1 ? 'message' : 'messages'} in ${name}`)]),
    ];
  });
}

function followingChanges(before: ChatState, after: ChatState): readonly Changed[] {
  return namesOf(before.following, after.following).flatMap((user) => {
    const was = before.following[user]?.targets ?? [];
    const is = after.following[user]?.targets ?? [];
    return [
      ...is
        .filter((target) => !was.includes(target))
        .map((name) => plus(`${user} follows ${name}`)),
      ...was
        .filter((target) => !is.includes(target))
        .map((name) => minus(`${user} follows ${name}`)),
    ];
  });
}

function differenceText(heading: string, changes: readonly Changed[], paint: Colours): string {
  const painted = changes.map(({ sign, words }) => {
    const line = `  ${sign} ${cleanText(words, { lines: false })}`;
    if (sign === '+') return paint.green(line);
    return sign === '-' ? paint.red(line) : paint.yellow(line);
  });
  const body = painted.length === 0 ? ['  nothing is otherwise'] : painted;
  return `${[paint.dim(heading), ...body].join('\n')}\n`;
}

const roomOf = (stream: string): string => stream.slice('room:'.length);

const eventsWord = (count: number): string => `${count} ${count === 1 ? 'event' : 'events'}`;

type Online = ChatState['sessions'][string];

const onlineIn = ({ sessions }: ChatState): Readonly<Record<string, Online>> =>
  Object.fromEntries(Object.values(sessions).map((open) => [open.user, open]));

const usersIn = ({ rooms }: ChatState, room: string): ReadonlySet<string> =>
  new Set(
    Object.values(rooms[room]?.members ?? {})
      .map(({ user }) => user)
      .toSorted(),
  );

const namesOf = (one: object, two: object): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(two)])].toSorted();

const plus = (words: string): Changed => ({ sign: '+', words });
const minus = (words: string): Changed => ({ sign: '-', words });
const other = (words: string): Changed => ({ sign: '~', words });
