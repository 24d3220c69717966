import { CorruptRecord } from '../../adapters/record-codec.ts';
import { PlainFailure } from '../plain-failure.ts';
import { readingWords } from '../reading-words.ts';
import type { Environment, Options } from '../settings.ts';
import { startFailure } from '../start-failure.ts';
import { checkAsked } from './asked-places.ts';
import { openLog } from './open-log.ts';
import { Output } from './output.ts';
import { showingOf } from './plain-words.ts';
import { parseReplayOptions, type ReplayOptions } from './replay-options.ts';
import type { Replay } from './replay-job.ts';

/** Carries out `securechat replay`. @throws {PlainFailure} */
export async function replay(
  operands: readonly string[],
  options: Options,
  env: Environment,
): Promise<void> {
  const checked = parseReplayOptions(operands, options, env, Date.now());
  const run = await jobFor(checked);
  try {
    const what = readingWords('replay', operands, options);
    const { why } = checked;
    const log = await openLog(checked.source);
    try {
      await checkAsked(log, checked);
      const showing = await showingOf(log, checked);
      await log.tell({ what, ...(why !== undefined && { why }), holds: showing.holds });
      const output = new Output(process.stdout);
      await run({ ...log, showing, options: checked, output, terminal: process.stderr });
      await output.end();
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof CorruptRecord) throw new PlainFailure(error.message);
    throw startFailure(error);
  }
}

/** Each is loaded when it is wanted. */
async function jobFor({ mode }: ReplayOptions): Promise<(replay: Replay) => Promise<void>> {
  switch (mode.kind) {
    case 'history': {
      const { printHistory } = await import('./history.ts');
      return (job) => printHistory(job, mode);
    }
    case 'at': {
      const { printState } = await import('./state-at.ts');
      return (job) => printState(job, mode);
    }
    case 'as': {
      const { printAs } = await import('./shown-to.ts');
      return (job) => printAs(job, mode);
    }
    case 'diff': {
      const { printDifference } = await import('./difference.ts');
      return (job) => printDifference(job, mode);
    }
    case 'slice': {
      const { writeSlice } = await import('./slice.ts');
      return (job) => writeSlice(job, mode);
    }
    case 'report': {
      const { writeReport } = await import('./report.ts');
      return (job) => writeReport(job, mode);
    }
    case 'step': {
      const { step } = await import('./stepping.ts');
      return step;
    }
  }
}
