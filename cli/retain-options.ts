import { LogArchive } from '../adapters/log-file/archive.ts';
import type { TrimmingPlan } from '../server/trimmer.ts';
import type { Flag, Settings } from './settings.ts';

const group = 'How long the log is kept';

export const retainFlags = {
  retain: {
    argument: 'TIME',
    group,
    about: 'let go of what is older, such as 90d for 90 days (default: nothing)',
  },
  archive: {
    argument: 'DIR',
    group,
    about: 'but write what goes into this folder first, as compressed log files',
  },
} as const satisfies Record<string, Flag>;

type RetainFlag = keyof typeof retainFlags;

/** A hundred years. */
const daysMax = 36_500;

/** How long the log is kept; undefined for ever. Problems go to `settings.problems`. */
export function parseRetainOptions<Name extends string>(
  settings: Settings<Name | RetainFlag>,
): TrimmingPlan | undefined {
  const archive = settings.given('archive');
  const days = parseRetain(settings);
  if (days === undefined) {
    if (archive !== undefined && settings.given('retain') === undefined)
      settings.problems.push(
        `${archive.source} says where what is old is written before it goes: --retain has to say what is old.`,
      );
    return undefined;
  }
  const dir = archive?.values.at(-1);
  return { days, ...(dir !== undefined && { archive: new LogArchive(dir) }) };
}

/** In days. */
export function parseRetain<Name extends string>(
  settings: Settings<Name | 'retain'>,
): number | undefined {
  const given = settings.given('retain');
  const [text] = given?.values.slice(-1) ?? [];
  if (given === undefined || text === undefined) return undefined;
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1] ?? 0);
  if (days >= 1 && days <= daysMax) return days;
  settings.problems.push(
    `${given.source} should be a number of days from 1d to ${daysMax}d, not "${text}".`,
  );
  return undefined;
}
