import type { LogSource } from '../../core/log-source.ts';
import { instantText } from './instant.ts';
import type { Positions } from './log-span.ts';
import type { Moment } from './moment.ts';
import { timeAt } from './time-search.ts';

/** A moment by time and place, first by what it was asked for by. */
export async function momentWords(
  source: LogSource,
  moment: Moment,
  place: Positions,
): Promise<string> {
  const position = `position ${place.join(',')}`;
  if (moment.kind === 'time') return `${instantText(moment.at)} UTC, ${position}`;
  const at = await timeAt(source, place);
  return at === undefined ? position : `${position}, ${instantText(at)} UTC`;
}
