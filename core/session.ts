import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface SessionOpened {
  readonly type: 'SessionOpened';
  readonly data: {
    readonly user: string;
    readonly session: string;
    /** The server that holds it; the session ends with that server's incarnation… */
    readonly server: string;
    readonly incarnation: number;
    /** …unless it has this: the hash of a secret with which its client can go on with it. */
    readonly resume?: string;
  };
}

/** Its connection was lost, and its client may come back. */
export interface SessionDetached {
  readonly type: 'SessionDetached';
  readonly data: { readonly user: string; readonly session: string; readonly resume: string };
}

/** Its client came back, perhaps to another server; or was given another secret. */
export interface SessionResumed {
  readonly type: 'SessionResumed';
  readonly data: SessionOpened['data'] & { readonly resume: string };
}

export type SessionEnd =
  | 'logout'
  | 'disconnected'
  | 'takenOver'
  | 'expired'
  | 'suspended'
  | 'erased'
  /** An operator gave the account another password. */
  | 'passwordReset';

export interface SessionClosed {
  readonly type: 'SessionClosed';
  readonly data: { readonly user: string; readonly session: string; readonly reason: SessionEnd };
}

export type SessionEvent = SessionOpened | SessionDetached | SessionResumed | SessionClosed;

/**
 * A user has at most one session, so this is the state of a user's session stream. Its last event
 * alone tells it.
 */
export type Session =
  | { readonly status: 'closed' }
  | ({ readonly status: 'open' } & SessionOpened['data'])
  | ({ readonly status: 'detached' } & SessionDetached['data']);

export type SessionCommand =
  | ({
      readonly type: 'OpenSession';
      /** End a session of this user that is still open. */
      readonly takeover: boolean;
    } & SessionOpened['data'])
  | ({ readonly type: 'ResumeSession' } & SessionResumed['data'])
  /** Gives it another secret, in `resume`: whoever found out the one before has nothing by it. */
  | ({ readonly type: 'RenewSession' } & SessionResumed['data'])
  | {
      readonly type: 'CloseSession';
      readonly user: string;
      readonly session: string;
      readonly reason: SessionEnd;
    }
  /** The connection was lost that `server` held in `incarnation`. */
  | ({ readonly type: 'DetachSession' } & SessionOpened['data'])
  | { readonly type: 'CloseAnySession'; readonly user: string; readonly reason: SessionEnd };

export const initialSession: Session = { status: 'closed' };

export function evolveSession(state: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'SessionOpened':
    case 'SessionResumed':
      return { status: 'open', ...event.data };
    case 'SessionDetached':
      return { status: 'detached', ...event.data };
    case 'SessionClosed':
      return state.status !== 'closed' && state.session === event.data.session
        ? initialSession
        : state;
    default:
      return unreachable(event);
  }
}

/** The state once a server's incarnation has ended: what it held is closed, or waits to be resumed. */
export function endWithServer(state: Session, server: string, incarnation: number): Session {
  if (state.status !== 'open' || state.server !== server || state.incarnation > incarnation)
    return state;
  const { user, session, resume } = state;
  return resume === undefined ? initialSession : { status: 'detached', user, session, resume };
}

export function decideSession(command: SessionCommand, state: Session): Decision<SessionEvent> {
  switch (command.type) {
    case 'OpenSession': {
      const { type: _, takeover, ...data } = command;
      const opened: SessionOpened = { type: 'SessionOpened', data };
      if (state.status === 'closed') return [opened];
      if (state.status === 'open' && !takeover) return new Rejection('AlreadyLoggedIn', data.user);
      return [closed(data.user, state.session, 'takenOver'), opened];
    }
    case 'ResumeSession': {
      const { type: _, ...data } = command;
      if (state.status === 'closed' || state.session !== data.session)
        return new Rejection('SessionOver', data.user);
      if (state.resume !== data.resume) return new Rejection('SessionOver', data.user);
      return [{ type: 'SessionResumed', data }];
    }
    case 'RenewSession': {
      const { type: _, ...data } = command;
      const isHeld = state.status === 'open' && state.session === data.session;
      return isHeld ? [{ type: 'SessionResumed', data }] : new Rejection('SessionOver', data.user);
    }
    case 'DetachSession': {
      const { user, session, server, incarnation } = command;
      if (state.status !== 'open' || state.session !== session || state.resume === undefined)
        return [];
      const isHeld = state.server === server && state.incarnation === incarnation;
      const { resume } = state;
      return isHeld ? [{ type: 'SessionDetached', data: { user, session, resume } }] : [];
    }
    case 'CloseSession':
      return state.status !== 'closed' && state.session === command.session
        ? [closed(command.user, command.session, command.reason)]
        : [];
    case 'CloseAnySession':
      return state.status === 'closed' ? [] : [closed(command.user, state.session, command.reason)];
    default:
      return unreachable(command);
  }
}

const closed = (user: string, session: string, reason: SessionEnd): SessionClosed => ({
  type: 'SessionClosed',
  data: { user, session, reason },
});
