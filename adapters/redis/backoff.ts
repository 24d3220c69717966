import { setTimeout as sleep } from 'node:timers/promises';

const firstMs = 50;
const longestMs = 1_000;

/** Pauses between attempts: 50 ms, then twice as long each time up to 1 s, less up to a half. */
export class Backoff {
  #failures = 0;

  /** The next pause is the first one again. */
  reset(): void {
    this.#failures = 0;
  }

  /** Settles early when the signal is aborted. */
  async pause(signal: AbortSignal): Promise<void> {
    const fullMs = Math.min(firstMs * 2 ** this.#failures, longestMs);
    this.#failures = Math.min(this.#failures + 1, 10);
    await pause(fullMs * (1 - Math.random() / 2), signal);
  }
}

/** Settles after so long, or early when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
