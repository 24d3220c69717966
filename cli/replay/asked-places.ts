import { exitUsage, PlainFailure } from '../plain-failure.ts';
import { checkNewFile } from '../new-file.ts';
import { endOf, type Positions } from './log-span.ts';
import { knownPlaceOf } from './moment.ts';
import { placesOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';

type Log = Pick<Replay, 'source' | 'start'>;

/**
 * Refuses what cannot be done, before it is recorded that somebody read.
 * @throws {PlainFailure} @throws {StoreUnreachable}
 */
export async function checkAsked(
  log: Log,
  { mode, stretch }: Pick<Replay['options'], 'mode' | 'stretch'>,
): Promise<void> {
  const { source, start } = log;
  if (mode.kind === 'step') terminalHere();
  if (mode.kind === 'at') await knownPlaceOf(source, start, mode.moment, await endOf(source));
  else if (mode.kind === 'diff') await comparedPlaces(log, mode);
  else await placesOf(source, stretch, await endOf(source));
  if (mode.kind === 'slice' || mode.kind === 'report') await checkNewFile(mode.out);
}

/** The two places of `--diff`. @throws {PlainFailure} */
export async function comparedPlaces(
  { source, start }: Log,
  { one, other }: Extract<Mode, { kind: 'diff' }>,
): Promise<{ readonly first: Positions; readonly last: Positions }> {
  const end = await endOf(source);
  const first = await knownPlaceOf(source, start, one, end);
  const last = await knownPlaceOf(source, start, other, end);
  if (first.some((position, partition) => position > (last[partition] ?? 0)))
    throw new PlainFailure('The first moment of --diff is later than the second.', exitUsage);
  return { first, last };
}

/** @throws {PlainFailure} where there is none */
export function terminalHere(): Pick<typeof process, 'stdin' | 'stdout'> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY)
    throw new PlainFailure(
      '--step needs a terminal: without one, print the history or --at.',
      exitUsage,
    );
  return { stdin, stdout };
}
