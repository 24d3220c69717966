import type { Settings } from '../settings.ts';
import { instantForms } from './instant.ts';
import { type Moment, parseMoment, type Time } from './moment.ts';
import type { ReplayFlag } from './replay-flags.ts';

/** What of a log is read: from a time or a position on, up to a time or a position. */
export interface Stretch {
  readonly since?: Time;
  readonly until?: Time;
  readonly from?: Moment;
  readonly to?: Moment;
}

/** Problems go to `settings.problems`. @param now milliseconds since 1970 */
export function parseStretch(settings: Settings<ReplayFlag>, now: number): Stretch {
  const { problems } = settings;
  const instant = (flag: 'since' | 'until'): Time | undefined => {
    const typed = settings.text(flag);
    const moment = typed === undefined ? undefined : parseMoment(typed, now);
    if (moment?.kind === 'time') return moment;
    if (typed !== undefined) problems.push(`--${flag} should be ${instantForms}, not "${typed}".`);
    return undefined;
  };
  const position = (flag: 'from-position' | 'to-position'): Moment | undefined => {
    const typed = settings.text(flag);
    const moment = typed === undefined ? undefined : parseMoment(typed, now);
    if (typed === undefined || (moment !== undefined && moment.kind !== 'time')) return moment;
    problems.push(`--${flag} should be ${positionForms}, not "${typed}".`);
    return undefined;
  };
  const [since, until] = [instant('since'), instant('until')];
  const [from, to] = [position('from-position'), position('to-position')];
  if (since !== undefined && from !== undefined)
    problems.push('It begins either with --since or with --from-position.');
  if (until !== undefined && to !== undefined)
    problems.push('It ends either with --until or with --to-position.');
  if (since !== undefined && until !== undefined && since.at > until.at)
    problems.push('--since is later than --until.');
  if (settings.isOn('follow') && (until !== undefined || to !== undefined))
    problems.push('--follow goes on and on: it goes with neither --until nor --to-position.');
  return {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

const positionForms = 'a position such as 1200, with several partitions 3:1200 or 870,1200,…';
