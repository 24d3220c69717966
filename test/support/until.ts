import { setTimeout as sleep } from 'node:timers/promises';

const pollEveryMs = 10;

type Held<T> = Exclude<T, false | null | undefined>;

export interface Bound {
  /** What is waited for, as the rest of a sentence: "bob to be in the lobby". */
  readonly what: string;
  readonly withinMs: number;
}

/**
 * Waits until a condition holds, and promises its first value that is neither false, null nor
 * undefined. A condition that throws does not hold yet; one that never settles does not either.
 *
 * @throws Error naming what was waited for, with the condition's last error as its cause
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, withinMs }: Bound,
): Promise<Held<T>> {
  const endsAt = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    const leftMs = Math.max(endsAt - performance.now(), pollEveryMs);
    try {
      const value = await within(Promise.resolve(condition()), leftMs, 'the condition to settle');
      if (holds(value)) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= endsAt) throw timedOut(what, withinMs, cause);
    await sleep(pollEveryMs);
  }
}

/**
 * Passes a promise's outcome on, if it has one in time.
 *
 * @throws Error naming what was waited for, after `ms`; the promise itself goes on unheard
 */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(what, ms)), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function holds<T>(value: T): value is Held<T> {
  return value !== false && value !== null && value !== undefined;
}

function timedOut(what: string, ms: number, cause?: unknown): Error {
  const why = cause instanceof Error ? ` (last: ${cause.message})` : '';
  return new Error(`waited ${Math.round(ms)} ms for ${what}${why}`, { cause });
}
