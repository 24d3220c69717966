import type { LogSource } from '../../core/log-source.ts';
import type { ChatView } from '../../core/views/chat.ts';
import type { OpenSession } from '../../core/views/sessions.ts';
import { roomsOf } from '../../core/views/rooms.ts';
import { hashedState, hashedStateOf } from '../../server/state-hash.ts';
import { cleanText } from '../../core/text.ts';
import { type Colours, colours } from '../colours.ts';
import { foldTo } from './fold-log.ts';
import { instantText } from './instant.ts';
import { between, endOf, type Positions, sizeOf } from './log-span.ts';
import { knownPlaceOf, type Moment } from './moment.ts';
import { progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';
import { timeAt } from './time-search.ts';

/** Prints the chat as it was at a moment: for people, or as its canonical text and hash. */
export async function printState(
  replay: Replay,
  { moment, json, server }: Extract<Mode, { kind: 'at' }>,
): Promise<void> {
  const { source, start, output } = replay;
  const place = await knownPlaceOf(source, start, moment, await endOf(source));
  const progress = progressOf(replay, sizeOf(between(start.positions, place)));
  const view = await foldTo(source, place, start, progress);
  progress.end();
  if (json || server !== undefined) {
    const state = server === undefined ? hashedState(view) : hashedStateOf(view, server);
    await output.write(
      `{"positions":${JSON.stringify(place)},"sha256":"${state.hash}","state":${state.text}}\n`,
    );
  } else {
    const heading = `At ${await momentWords(source, moment, place)}`;
    await output.write(stateText(view, heading, colours(process.stdout)));
  }
}

/** A moment by time and place, first by what it was asked for by. */
async function momentWords(source: LogSource, moment: Moment, place: Positions): Promise<string> {
  const position = `position ${place.join(',')}`;
  if (moment.kind === 'time') return `${instantText(moment.at)} UTC, ${position}`;
  const at = await timeAt(source, place);
  return at === undefined ? position : `${position}, ${instantText(at)} UTC`;
}

/** Who is online, in which rooms, whom they follow, and which servers run. */
export function stateText(view: ChatView, heading: string, paint: Colours): string {
  const { sessions, rooms, servers } = view;
  const online = [...sessions.bySession.values()].toSorted((one, other) =>
    one.user < other.user ? -1 : 1,
  );
  const occupied = [...rooms.byRoom.values()].toSorted((one, other) =>
    one.room < other.room ? -1 : 1,
  );
  const running = [...servers].map(([name]) => name).toSorted();
  return [
    paint.dim(heading),
    '',
    paint.bold(`Online: ${online.length}`),
    ...online.flatMap((open) => personLines(view, open, paint)),
    '',
    paint.bold(`Rooms: ${occupied.length}`),
    ...occupied.map(({ name, users }) => {
      const members = [...users.keys()].toSorted().map(shown).join(', ');
      return `  ${paint.cyan(shown(name))} (${users.size}): ${members}`;
    }),
    '',
    `${paint.bold(`Servers: ${running.length}`)}${running.map((name) => `  ${shown(name)}`).join('')}`,
    '',
  ].join('\n');
}

function personLines(view: ChatView, open: OpenSession, paint: Colours): readonly string[] {
  const { user, server, since, isDetached, session } = open;
  const names = [...roomsOf(view.rooms, session)].map(({ name }) => shown(name)).toSorted();
  const targets = [...(view.followers.following.get(user)?.targets ?? [])].toSorted();
  const where = names.length === 0 ? 'in no room' : `in ${names.join(', ')}`;
  const away = isDetached ? paint.yellow(', connection lost') : '';
  const following = targets.length === 0 ? '' : `, follows ${targets.map(shown).join(', ')}`;
  return [
    `  ${paint.bold(shown(user))} on ${shown(server)} since ${instantText(since)}${away}, ${where}${following}`,
  ];
}

const shown = (text: string): string => cleanText(text, { lines: false });
