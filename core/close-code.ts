/**
 * Why a server closes a WebSocket connection. The range tells a client what to do (RFC 6455 keeps
 * 4000 to 4999 for programs): 40xx, connect again and resume; 41xx, log in again; 42xx, stay away
 * until a person asks for it.
 */
export const closeCodes = {
  /** The server stops; the session waits to be resumed, here or elsewhere. */
  ServerStopping: 4000,
  /** The server was out of touch with the others, and begins anew. */
  ServerRestarted: 4001,
  /** More was waiting for the client than it took. */
  SlowReader: 4002,
  /** It did not answer two pings. */
  Unresponsive: 4003,
  /** The session is over: nobody resumed it in time, or the log lost it. */
  SessionEnded: 4100,
  LoginTimedOut: 4101,
  /** An operator gave the account another password. */
  PasswordReset: 4102,
  LoggedOut: 4200,
  TakenOver: 4201,
  AccountSuspended: 4202,
  /** What was sent is no frame of this protocol, or too large; to send it again does not help. */
  BadFrame: 4203,
  AccountErased: 4204,
  /** The session goes on on another connection. */
  ResumedElsewhere: 4205,
} as const;

export type CloseName = keyof typeof closeCodes;

/** What a close code asks of the client. */
export function afterClose(code: number): 'resume' | 'logIn' | 'stayAway' {
  if (code >= 4200 && code < 4300) return 'stayAway';
  return code >= 4100 && code < 4200 ? 'logIn' : 'resume';
}
