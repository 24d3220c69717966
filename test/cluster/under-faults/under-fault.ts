import type { Test } from 'tap';
import { count, reportCount } from '../../counts.ts';
import type { Cluster } from './cluster.ts';
import { judgedRun } from './judged-run.ts';
import type { RunOptions, RunResult } from './run.ts';

const messages = count('messagesUnderOtherFaults');
/**
 * A fault lasts as long in a run of few messages as in one of many. So that few stay few, what is
 * wanted of them takes the clients so long at least, in calm.
 */
const calmSeconds = 2.5;
const pace = (perSecondMax: number): number => Math.min(perSecondMax, messages / calmSeconds);

/** The clients of a run, where it does not take many of them. */
export const some = { clients: 20, messagesPerSecond: pace(400) };
export const many = { clients: 50, messagesPerSecond: pace(800) };

/** A judged run of as many messages as are asked for with these faults. */
export async function runUnderFault<C extends Cluster>(
  t: Test,
  options: Omit<RunOptions<C>, 'seed' | 'messages'>,
): Promise<RunResult> {
  const result = await judgedRun(t, { ...options, messages });
  reportCount(t, 'messagesUnderOtherFaults', result.tally.stored);
  return result;
}
