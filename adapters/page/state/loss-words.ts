import { type ErrorCode, errorCatalogue } from '../../../core/error-catalogue.ts';
import type { LossReason } from '../../websocket-client/client-state.ts';

/** What a person is told about a lost connection or a session that is over. */
export function lossWords(why: LossReason | 'Closed'): string {
  return words[why] ?? errorCatalogue[why as ErrorCode].replace('{}', 'it');
}

const words: Partial<Record<LossReason | 'Closed', string>> = {
  Unreachable: 'The chat cannot be reached.',
  ConnectionLost: 'The connection was lost.',
  Silent: 'The server does not answer.',
  Garbled: 'The server said something that this page does not understand.',
  Closed: 'The connection is closed.',
  ServerStopping: 'The server is stopping.',
  ServerRestarted: 'The server begins anew.',
  SlowReader: 'More came than this connection could carry.',
  Unresponsive: 'The server heard nothing from here any more.',
  SessionEnded: 'You were away for too long, so your session has ended. Log in again to go on.',
  LoginTimedOut: 'The login took too long. Try again.',
  TakenOver: 'You logged in on another device or in another program.',
  ResumedElsewhere: 'You went on in another tab or window.',
  PasswordReset: 'Whoever runs this server gave your account another password. Log in with that.',
  AccountSuspended: 'Your account was suspended. Ask whoever runs this server.',
  AccountErased: 'Your account was erased, and nothing that you wrote can be read any more.',
  BadFrame: 'This page and the server do not understand each other. Load the page again.',
};
