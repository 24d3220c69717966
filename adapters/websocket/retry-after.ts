import type { ErrorCode } from '../../core/error-catalogue.ts';

/** What passes by itself, soon. */
const soonMs = 1_000;

/** After how long what was refused may be tried again; undefined when that would not help. */
export function retryAfterMs(code: ErrorCode, subject: string): number | undefined {
  switch (code) {
    case 'Busy':
    case 'TooManyMessages':
      return Number(subject) * 1_000;
    case 'Unavailable':
    case 'OutOfReach':
    case 'ServerRestarted':
      return soonMs;
    default:
      return undefined;
  }
}
