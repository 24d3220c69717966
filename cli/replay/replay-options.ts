import { parseRoomName, parseUserName } from '../../core/names.ts';
import { exitUsage, PlainFailure } from '../plain-failure.ts';
import { type Environment, type Options, Settings } from '../settings.ts';
import type { WantedRecords } from './record-filter.ts';
import { type ReplayFlag, replayFlags } from './replay-flags.ts';
import { type Mode, parseMode } from './replay-mode.ts';
import { parseSource, type Source } from './source.ts';
import { eventTypes } from './story.ts';
import { parseStretch, type Stretch } from './stretch.ts';

/** What `replay` was told, checked. */
export interface ReplayOptions {
  readonly source: Source;
  readonly mode: Mode;
  readonly wanted: WantedRecords;
  readonly stretch: Stretch;
  /** The reason for reading, which is recorded. */
  readonly why: string | undefined;
}

/**
 * @param operands what stands on the command line beside the options
 * @param now milliseconds since 1970
 * @throws {PlainFailure} with every problem, a line each
 */
export function parseReplayOptions(
  operands: readonly string[],
  options: Options,
  env: Environment,
  now: number,
): ReplayOptions {
  // The environment names the store, as for every command; who talks in it is no filter.
  const settings = new Settings<ReplayFlag>(replayFlags, options, {});
  const rest = [...operands];
  const mode = parseMode(settings, rest, now);
  const wanted = parseWanted(settings);
  const stretch = parseStretch(settings, now);
  const path = parseFile(settings, rest);
  const { source, problems: others } = parseSource(path, options, env);
  const isStoreNamed = ['data', 'redis'].some((name) => options[name] !== undefined);
  if (path !== undefined && isStoreNamed)
    settings.problems.push(`Either the file ${path} can be read or a store, not both.`);
  // It does not grow, and nobody else learns of its being read.
  for (const flag of ['follow', 'why'] as const)
    if (path !== undefined && settings.given(flag) !== undefined)
      settings.problems.push(`--${flag} does not go with a file.`);
  const problems = [...settings.problems, ...others];
  if (problems.length > 0) throw new PlainFailure(problems.join('\n'), exitUsage);
  return { source, mode, wanted, stretch, why: settings.text('why') };
}

const roomOf = (typed: string): string | undefined => parseRoomName(typed)?.canonical;

function parseWanted(settings: Settings<ReplayFlag>): WantedRecords {
  return {
    rooms: namesIn(settings, 'room', roomOf),
    users: namesIn(settings, 'user', parseUserName),
    types: typesIn(settings),
  };
}

function namesIn(
  settings: Settings<ReplayFlag>,
  flag: 'room' | 'user',
  parse: (typed: string) => string | undefined,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const typed of settings.given(flag)?.values ?? []) {
    const name = parse(typed);
    if (name === undefined) settings.problems.push(`--${flag}: "${typed}" is not a ${flag} name.`);
    else names.add(name);
  }
  return names;
}

function typesIn(settings: Settings<ReplayFlag>): ReadonlySet<string> {
  const known = new Map(eventTypes.map((type) => [type.toLowerCase(), type]));
  const types = new Set<string>();
  for (const typed of settings.given('types')?.values.flatMap((value) => value.split(',')) ?? []) {
    const type = known.get(typed.toLowerCase());
    if (type !== undefined) types.add(type);
    else
      settings.problems.push(
        `--types: there is no event ${typed}; there are ${eventTypes.join(', ')}.`,
      );
  }
  return types;
}

function parseFile(
  settings: Settings<ReplayFlag>,
  operands: readonly string[],
): string | undefined {
  const named = settings.text('file');
  const files = [...operands, ...(named === undefined ? [] : [named])];
  if (files.length > 1)
    settings.problems.push(`One file can be read, but ${files.join(' and ')} are given.`);
  return files[0];
}
