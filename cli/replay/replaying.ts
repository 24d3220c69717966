import { CorruptRecord } from '../../adapters/record-codec.ts';
import type { HandedOut } from '../../core/audit.ts';
import type { EventType } from '../../core/event.ts';
import { PlainFailure } from '../plain-failure.ts';
import { readingWords } from '../reading-words.ts';
import type { Environment, Options } from '../settings.ts';
import { startFailure } from '../start-failure.ts';
import { checkAsked } from './asked-places.ts';
import { openLog } from './open-log.ts';
import { Output } from './output.ts';
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
    const reading = {
      what,
      ...(checked.why !== undefined && { why: checked.why }),
      holds: handedOut(checked),
    };
    const log = await openLog(checked.source, reading, (opened) => checkAsked(opened, checked));
    try {
      const output = new Output(process.stdout);
      await run({ ...log, options: checked, output, terminal: process.stderr });
      await output.end();
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof CorruptRecord) throw new PlainFailure(error.message);
    throw startFailure(error);
  }
}

/** What of people a way of reading shows. */
function handedOut({ mode, wanted: { types } }: ReplayOptions): HandedOut {
  switch (mode.kind) {
    case 'history':
      return types.size === 0 || textTypes.some((type) => types.has(type)) ? 'words' : 'names';
    case 'as':
    case 'step':
      return 'words';
    case 'slice':
      return 'sealed';
    case 'at':
    case 'diff':
    case 'report':
      return 'names';
  }
}

const textTypes: readonly EventType[] = ['MessagePosted', 'DirectMessagePosted'];

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
