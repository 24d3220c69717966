import type { ChatView } from '../../core/views/chat.ts';
import type { OpenSession } from '../../core/views/sessions.ts';
import { roomsOf } from '../../core/views/rooms.ts';
import { hashedState, hashedStateOf } from '../../server/state-hash.ts';
import { cleanText } from '../../core/text.ts';
import { type Colours, colours } from '../colours.ts';
import { PlainFailure } from '../plain-failure.ts';
import { foldTo } from './fold-log.ts';
import { instantText } from './instant.ts';
import { between, endOf, sizeOf } from './log-span.ts';
import { knownPlaceOf } from './moment.ts';
import { momentWords } from './moment-words.ts';
import { progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';

/** Prints the chat as it was at a moment: for people, or as its canonical text and hash. */
export async function printState(
  replay: Replay,
  { moment, json, server }: Extract<Mode, { kind: 'at' }>,
): Promise<void> {
  const { source, start, output } = replay;
  const place = await knownPlaceOf(source, start, moment, await endOf(source));
  using progress = progressOf(replay, sizeOf(between(start.positions, place)));
  const view = await foldTo(source, place, start, progress);
  progress.end();
  if (server !== undefined) checkRuns(view, server);
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

/** @throws {PlainFailure} for a server that did not run then: it knew nothing */
function checkRuns({ servers }: ChatView, server: string): void {
  if (servers.has(server)) return;
  const running = [...servers.keys()].toSorted().map(shown).join(' and ');
  throw new PlainFailure(
    `No server ${shown(server)} ran then: ${running === '' ? 'none' : running} did.`,
  );
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
