import { parseRoomName } from '../../core/names.ts';
import type { Recorded } from '../../core/event-store.ts';
import { cleanText } from '../../core/text.ts';
import { type Colours, colours } from '../colours.ts';
import { exitUsage, PlainFailure } from '../plain-failure.ts';
import { readingWords } from '../reading-words.ts';
import type { Environment, Options } from '../settings.ts';
import { startFailure } from '../start-failure.ts';
import { instantText } from './instant.ts';
import { between, endOf, sizeOf } from './log-span.ts';
import { openLog } from './open-log.ts';
import { progressOn } from '../progress.ts';
import { plainTextNotice } from './record-format.ts';
import { parseSource, type Source } from './source.ts';
import { openedBy } from './text-opener.ts';
import { type Delivered, type ReadLater, whoSaw, type WhoSaw } from './who-saw.ts';

/** What `audit who-saw` was told. */
interface Asked {
  readonly room: string;
  readonly number: string;
  readonly file: string | undefined;
}

/** Carries out `securechat audit who-saw`. @throws {PlainFailure} */
export async function printWhoSaw(asked: Asked, options: Options, env: Environment): Promise<void> {
  const { room, number, source } = parse(asked, options, env);
  const why = typeof options['why'] === 'string' ? options['why'] : undefined;
  try {
    const what = readingWords('audit who-saw', [asked.room, asked.number], options);
    const log = await openLog(source);
    try {
      const through = await endOf(log.source);
      const { start } = log;
      using progress = progressOn(process.stderr, sizeOf(between(start.positions, through)));
      const found = await whoSaw(log.source, { room, number }, { start, through, progress });
      progress.end();
      if (found === undefined)
        throw new PlainFailure(
          [`There is no message with the number ${number} in ${asked.room}.`, start.lacks ?? '']
            .join(' ')
            .trimEnd(),
        );
      const message = await openedBy(log.openTexts, found.message);
      const holds = message.withheld === undefined ? 'words' : 'names';
      await log.tell({ what, ...(why !== undefined && { why }), holds });
      process.stdout.write(whoSawText({ ...found, message }, colours(process.stdout)));
    } finally {
      await log.close();
    }
  } catch (error) {
    throw startFailure(error);
  }
}

function parse(
  { room: typed, number: text, file }: Asked,
  options: Options,
  env: Environment,
): { readonly room: string; readonly number: number; readonly source: Source } {
  const { source, problems: ofSource } = parseSource(file, options, env);
  const problems = [...ofSource];
  const room = parseRoomName(typed)?.canonical;
  if (room === undefined) problems.push(`"${typed}" is no room name.`);
  if (!/^[1-9]\d{0,14}$/.test(text)) problems.push(`"${text}" is no number of a message.`);
  if (problems.length > 0 || room === undefined)
    throw new PlainFailure(problems.join('\n'), exitUsage);
  return { room, number: Number(text), source };
}

export function whoSawText(
  { message, name, delivered, read }: Omit<WhoSaw, 'message'> & { readonly message: Recorded },
  paint: Colours,
): string {
  const { event, revision, at, withheld } = message;
  if (event.type !== 'MessagePosted') throw new Error('it is no message');
  const [text = '', ...more] = event.text.split('\n');
  const said = `${event.data.user}: ${text}${more.length > 0 ? ' …' : ''}`;
  const history = read.filter(({ by }) => by === 'history');
  const marked = read.filter(({ by }) => by === 'mark');
  return [
    ...(withheld === undefined ? [paint.dim(`# ${plainTextNotice}`)] : []),
    `${paint.dim(instantText(at))}  ${paint.cyan(shown(name))} ${revision}  ${shown(said)}`,
    '',
    ...section(paint, 'Delivered when it was said', delivered.map(deliveredText)),
    ...section(paint, 'Read since, by history', history.map(readText)),
    ...section(paint, 'Marked as read', marked.map(readText)),
  ].join('\n');
}

const section = (paint: Colours, title: string, lines: readonly string[]): readonly string[] => [
  paint.bold(`${title}: ${lines.length}`),
  ...lines.map((line) => `  ${shown(line)}`),
  '',
];

function deliveredText({ user, server, by, away }: Delivered): string {
  const how = by === 'room' ? 'in the room' : 'in another room, as a follower';
  if (away === undefined) return `${user} on ${server}, ${how}`;
  if (away === 'waiting') return `${user}, ${how}: connection lost, not back yet`;
  if (away === 'neverBack') return `${user}, ${how}: connection lost, never back, so not delivered`;
  return `${user}, ${how}: connection lost, and back at ${instantText(away.backAt)}`;
}

const readText = ({ user, at }: ReadLater): string => `${user}, recorded at ${instantText(at)}`;

const shown = (text: string): string => cleanText(text, { lines: false });
