import type { CloseName } from '../core/close-code.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { SessionEnd } from '../core/session.ts';

/** Why a connection is closed, by the error that its client is told. */
export const closeNames = {
  TakenOver: 'TakenOver',
  ResumedElsewhere: 'ResumedElsewhere',
  AccountSuspended: 'AccountSuspended',
  AccountErased: 'AccountErased',
  PasswordReset: 'PasswordReset',
  SessionEnded: 'SessionEnded',
  LoginTimedOut: 'LoginTimedOut',
  SlowReader: 'SlowReader',
  Busy: 'SlowReader',
  OutOfReach: 'ServerRestarted',
  DuplicateRequest: 'BadFrame',
  ServerStopping: 'ServerStopping',
  ServerRestarted: 'ServerRestarted',
} as const satisfies Partial<Record<ErrorCode, CloseName>>;

export type ClosingError = keyof typeof closeNames;

/** What a client is told of its session's end; undefined where it asked for it, or has gone. */
export const endErrors: Readonly<Record<SessionEnd, ClosingError | undefined>> = {
  logout: undefined,
  disconnected: undefined,
  takenOver: 'TakenOver',
  expired: 'SessionEnded',
  suspended: 'AccountSuspended',
  erased: 'AccountErased',
  passwordReset: 'PasswordReset',
};
