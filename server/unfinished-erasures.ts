import type { Logger } from 'pino';

import { unfinishedWords } from '../adapters/sealing/erasure-marks.ts';
import type { TextKeys } from '../core/stores.ts';

/** Warns of erasures that were broken off: whoever asked for one may believe that it is done. */
export async function warnOfUnfinishedErasures(
  keys: Pick<TextKeys, 'unfinishedErasures'>,
  log: Logger,
): Promise<void> {
  try {
    for (const user of await keys.unfinishedErasures()) log.warn(unfinishedWords(user));
  } catch (error) {
    log.debug({ err: error }, 'it was not found out whether an erasure was broken off');
  }
}
