import { setTimeout as sleep } from 'node:timers/promises';

/** Lets so many milliseconds go by, or fewer if the signal comes. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}
