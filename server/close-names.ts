import type { CloseName } from '../core/close-code.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';

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
