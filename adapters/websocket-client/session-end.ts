import type { ServerFrameOf } from '../websocket/server-frames.ts';
import type { LossReason, StopReason } from './client-state.ts';

/** The session may well go on; this server cannot say so now. */
const passing: ReadonlySet<string> = new Set<LossReason>([
  'Busy',
  'Unavailable',
  'OutOfReach',
  'OutcomeUnknown',
  'InternalError',
  'ServerStopping',
  'ServerRestarted',
]);

const endings: ReadonlySet<string> = new Set<LossReason>([
  'SessionEnded',
  'LoggedOut',
  'TakenOver',
  'PasswordReset',
  'AccountSuspended',
  'AccountErased',
]);

const staysAway: ReadonlySet<string> = new Set<LossReason>([
  'TakenOver',
  'AccountSuspended',
  'AccountErased',
]);

/** What a refused resume asks of the client. */
export function afterRefusedResume({
  code,
  retryAfterMs,
}: ServerFrameOf<'error'>): 'resume' | 'logIn' | 'stayAway' {
  if (retryAfterMs !== undefined || passing.has(code)) return 'resume';
  return staysAway.has(code) ? 'stayAway' : 'logIn';
}

/** Whether a client that stopped for this reason can never go on with the session. */
export const isSessionOver = (why: StopReason): boolean => endings.has(why);
