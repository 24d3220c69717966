import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

const pauseMs = 1_000;

/** Carries ends of servers to all partitions, until that has succeeded or is nobody's task any more. */
export async function insist(
  complete: () => Promise<boolean>,
  isOver: () => boolean,
  log: Logger,
): Promise<void> {
  while (!isOver()) {
    try {
      if (await complete()) return;
    } catch (error) {
      log.warn({ err: error }, 'an end was not completed');
    }
    await sleep(pauseMs);
  }
}
