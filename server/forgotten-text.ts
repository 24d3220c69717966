import type { Logger } from 'pino';

import { clearFreeMemory } from '../adapters/process-memory.ts';
import { leaveTextMemory } from '../adapters/text-memory.ts';
import type { Connection } from './connection.ts';

/**
 * By then the user's key is destroyed, their connections are closed, and what was being read or
 * sent is over.
 */
const clearAfterMs = 5_000;
/** What waits for a client may hold the text: whoever does not take it by then is cut off, and has a second to go. */
export const erasedTakenMsMax = 3_000;

/**
 * After an erasure, nothing of the user's text is to be found in the memory of a process that had
 * it: what was let go of is collected and written over, once for all erasures of some seconds.
 */
export class ForgottenText {
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** An erasure was seen by a server with these clients. */
  seen(connections: Iterable<Connection>): void {
    leaveTextMemory();
    for (const { outgoing } of connections) outgoing.takeWithin(erasedTakenMsMax);
    // One that is seen while memory is being cleared is another's turn.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#clear();
    }, clearAfterMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #clear(): Promise<void> {
    // Once more, for what was being read or sent when the erasure was seen.
    leaveTextMemory();
    const startedAt = performance.now();
    try {
      await clearFreeMemory();
      const tookMs = Math.round(performance.now() - startedAt);
      this.#log.info({ tookMs }, 'memory was cleared of what was erased');
    } catch (error) {
      this.#log.warn({ err: error }, 'memory was not cleared of what was erased');
    }
  }
}
