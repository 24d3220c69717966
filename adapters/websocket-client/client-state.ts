import type { CloseName } from '../../core/close-code.ts';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import type { OkOf } from '../websocket/server-frames.ts';

/** What a session begins with, and goes on with after a resume. */
export type SessionBody = OkOf<'resume'>;

/**
 * Why a connection was lost: what the server's close said, or `Unreachable` (there was none),
 * `ConnectionLost` (no reason was given), `Silent` (no answer to a ping), `Garbled` (what came is
 * no frame), or the error that answered the resume.
 */
export type LossReason =
  | CloseName
  | ErrorCode
  | 'Unreachable'
  | 'ConnectionLost'
  | 'Silent'
  | 'Garbled';

/** `Closed`: by the program itself. */
export type StopReason = LossReason | 'Closed';

export type ClientState =
  /** For the first time. */
  | { readonly status: 'connecting' }
  /** Connected, and nobody is logged in. */
  | {
      readonly status: 'greeting';
      readonly server: string;
      readonly registration: 'open' | 'closed';
    }
  /** A snapshot as of the login or resume; frames that come after it tell what changes. */
  | { readonly status: 'online'; readonly user: string; readonly session: SessionBody }
  /** `attempt` counts from 1 since the loss. An attempt is under way once `retryAtMs` is past. */
  | {
      readonly status: 'reconnecting';
      readonly attempt: number;
      readonly retryAtMs: number;
      readonly why: LossReason;
    }
  /**
   * The client does nothing more by itself. `logIn`: the session is over, and a person may log in
   * again; `stayAway`: only if they ask for it. A `login` or `register` that is requested now
   * connects again, unless the client was closed.
   */
  | {
      readonly status: 'stopped';
      readonly why: StopReason;
      readonly next: 'stayAway' | 'logIn';
    };
