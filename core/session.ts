import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface SessionOpened {
  readonly type: 'SessionOpened';
  readonly data: {
    readonly user: string;
    readonly session: string;
    /** The server that holds it; the session ends with that server's incarnation. */
    readonly server: string;
    readonly incarnation: number;
  };
}

export type SessionEnd = 'logout' | 'disconnected' | 'takenOver' | 'expired' | 'suspended';

export interface SessionClosed {
  readonly type: 'SessionClosed';
  readonly data: { readonly user: string; readonly session: string; readonly reason: SessionEnd };
}

export type SessionEvent = SessionOpened | SessionClosed;

/** A user has at most one session, so this is the state of a user's session stream. */
export type Session =
  | { readonly status: 'closed' }
  | ({ readonly status: 'open' } & SessionOpened['data']);

export type SessionCommand =
  | ({
      readonly type: 'OpenSession';
      /** End a session of this user that is still open. */
      readonly takeover: boolean;
    } & SessionOpened['data'])
  | {
      readonly type: 'CloseSession';
      readonly user: string;
      readonly session: string;
      readonly reason: SessionEnd;
    }
  | { readonly type: 'CloseAnySession'; readonly user: string; readonly reason: SessionEnd };

export const initialSession: Session = { status: 'closed' };

export function evolveSession(state: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'SessionOpened':
      return { status: 'open', ...event.data };
    case 'SessionClosed':
      return state.status === 'open' && state.session === event.data.session
        ? initialSession
        : state;
    default:
      return unreachable(event);
  }
}

/** The state once a server's incarnation has ended: what it held is closed. */
export function endWithServer(state: Session, server: string, incarnation: number): Session {
  return state.status === 'open' && state.server === server && state.incarnation <= incarnation
    ? initialSession
    : state;
}

export function decideSession(command: SessionCommand, state: Session): Decision<SessionEvent> {
  switch (command.type) {
    case 'OpenSession': {
      const { user, session, server, incarnation } = command;
      const opened: SessionOpened = {
        type: 'SessionOpened',
        data: { user, session, server, incarnation },
      };
      if (state.status === 'closed') return [opened];
      if (!command.takeover) return new Rejection('AlreadyLoggedIn', user);
      return [closed(user, state.session, 'takenOver'), opened];
    }
    case 'CloseSession':
      return state.status === 'open' && state.session === command.session
        ? [closed(command.user, command.session, command.reason)]
        : [];
    case 'CloseAnySession':
      return state.status === 'open' ? [closed(command.user, state.session, command.reason)] : [];
    default:
      return unreachable(command);
  }
}

const closed = (user: string, session: string, reason: SessionEnd): SessionClosed => ({
  type: 'SessionClosed',
  data: { user, session, reason },
});
