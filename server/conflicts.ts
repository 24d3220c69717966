import type { Answer } from '../core/answer.ts';

/** Each conflict is somebody else's success: so many in a row mean that something is wrong. */
export const conflictsMax = 20;
const pauseMsMax = 50;
const busy: Answer = { kind: 'error', code: 'Busy', subject: '1' };

/**
 * Decides again for as long as somebody else was faster. Answers what `decide` answers when it was
 * not in conflict, or an error that says to try again after `conflictsMax` times.
 */
export async function untilNoConflict<T>(
  decide: () => Promise<T | 'conflict'>,
): Promise<T | Answer> {
  for (let conflicts = 0; conflicts < conflictsMax; conflicts++) {
    // The first is decided again at once: most have a rival once.
    if (conflicts > 1) await pause(Math.min(conflicts, pauseMsMax));
    const decided = await decide();
    if (decided !== 'conflict') return decided;
  }
  return busy;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
