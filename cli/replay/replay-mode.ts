import { parseUserName } from '../../core/names.ts';
import type { Settings } from '../settings.ts';
import { type Moment, momentForms, parseMoment } from './moment.ts';
import type { ReplayFlag } from './replay-flags.ts';

/** What is done with a log. */
export type Mode =
  | {
      readonly kind: 'history';
      readonly format: 'text' | 'ndjson' | 'csv';
      readonly follow: boolean;
      readonly positions: boolean;
    }
  | {
      readonly kind: 'at';
      readonly moment: Moment;
      readonly json: boolean;
      /** The server whose knowledge is meant, in place of everybody's. */
      readonly server?: string;
    }
  | { readonly kind: 'as'; readonly user: string; readonly receipts: boolean }
  | { readonly kind: 'diff'; readonly one: Moment; readonly other: Moment }
  | { readonly kind: 'slice'; readonly out: string }
  | { readonly kind: 'report'; readonly out: string }
  | { readonly kind: 'step' };

/** What chooses what is done, beside printing the history. */
const modeFlags = ['at', 'as', 'diff', 'slice', 'step', 'report'] as const;

const stretched = ['history', 'as', 'slice', 'report', 'step'] as const;

/** With what each flag goes; those that are not here go with everything. */
const takenBy: Partial<Record<ReplayFlag, readonly Mode['kind'][]>> = {
  room: ['history'],
  user: ['history'],
  types: ['history'],
  format: ['history'],
  follow: ['history'],
  positions: ['history'],
  state: ['at'],
  server: ['at'],
  receipts: ['as'],
  out: ['slice'],
  since: stretched,
  until: stretched,
  'from-position': stretched,
  'to-position': stretched,
};

/**
 * What is to be done. Takes the second moment of `--diff` off the operands; problems go to
 * `settings.problems`.
 * @param now milliseconds since 1970
 */
export function parseMode(settings: Settings<ReplayFlag>, operands: string[], now: number): Mode {
  const { problems } = settings;
  const [chosen, ...others] = modeFlags.filter((flag) => settings.given(flag) !== undefined);
  if (others.length > 0)
    problems.push(
      `Only one of ${[chosen, ...others].map((flag) => `--${flag}`).join(' and ')} can be done.`,
    );
  const mode = modeOf(chosen, settings, operands, now);
  // What would be passed over in silence is refused.
  for (const [flag, kinds] of Object.entries(takenBy)) {
    if (settings.given(flag as ReplayFlag) === undefined || kinds.includes(mode.kind)) continue;
    const what = mode.kind === 'history' ? 'the history' : `--${mode.kind}`;
    problems.push(`--${flag} does not go with ${what}.`);
  }
  return mode;
}

function modeOf(
  chosen: (typeof modeFlags)[number] | undefined,
  settings: Settings<ReplayFlag>,
  operands: string[],
  now: number,
): Mode {
  const moment = (flag: string, typed: string): Moment => {
    const parsed = parseMoment(typed, now);
    if (parsed === undefined)
      settings.problems.push(`--${flag} should be ${momentForms}, not "${typed}".`);
    return parsed ?? { kind: 'record', position: 0 };
  };
  const text = (flag: ReplayFlag): string => settings.text(flag) ?? '';
  switch (chosen) {
    case 'at': {
      const json = settings.choice('state', ['json']) === 'json';
      const server = settings.text('server');
      const known = server === undefined ? {} : { server };
      return { kind: 'at', moment: moment('at', text('at')), json, ...known };
    }
    case 'as':
      return { kind: 'as', user: userIn(settings), receipts: settings.isOn('receipts') };
    case 'diff': {
      if (operands.length === 0) settings.problems.push('--diff compares two moments: --diff A B.');
      const one = moment('diff', text('diff'));
      return { kind: 'diff', one, other: moment('diff', secondMoment(operands, now)) };
    }
    case 'slice':
      if (settings.given('out') === undefined)
        settings.problems.push('--slice is written to a file: add --out FILE.');
      return { kind: 'slice', out: text('out') };
    case 'report':
      return { kind: 'report', out: text('report') };
    case 'step':
      return { kind: 'step' };
    default: {
      const format = settings.choice('format', ['text', 'ndjson', 'csv']) ?? 'text';
      const [follow, positions] = [settings.isOn('follow'), settings.isOn('positions')];
      if (positions && format !== 'text')
        settings.problems.push(
          `--positions does not go with --format ${format}, which has the positions anyway.`,
        );
      return { kind: 'history', format, follow, positions };
    }
  }
}

/** The first of the operands that is a moment, taken off them: beside it may be a file, before it or behind. */
function secondMoment(operands: string[], now: number): string {
  const index = operands.findIndex((typed) => parseMoment(typed, now) !== undefined);
  return operands.splice(Math.max(index, 0), 1)[0] ?? 'now';
}

function userIn(settings: Settings<ReplayFlag>): string {
  const typed = settings.text('as') ?? '';
  const user = parseUserName(typed);
  if (user === undefined) settings.problems.push(`--as: "${typed}" is no user name.`);
  return user ?? '';
}
