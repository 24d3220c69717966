import type { Recorded } from '../event-store.ts';
import type { SessionOpened } from '../session.ts';

/** An open session, and the partition of its user. */
export interface OpenSession extends Readonly<SessionOpened['data']> {
  readonly partition: number;
  /** When it was opened, in milliseconds since 1970. */
  readonly since: number;
  /** What the session's stream stands at while it is so. */
  readonly revision: number;
  /** Of its SessionOpened: the rooms that the login joined share it. */
  readonly cause: string;
  /** Whether it waits for its client to come back. */
  readonly isDetached: boolean;
}

/**
 * Who is online: the open sessions. Bounded by them.
 *
 * The fold owns its view, changes it in place and returns it: a copy for each of 10,000 logins
 * would make a start take minutes. Nobody else writes to it.
 */
export interface SessionsView {
  readonly byUser: Map<string, OpenSession>;
  readonly bySession: Map<string, OpenSession>;
}

export const emptySessions = (): SessionsView => ({ byUser: new Map(), bySession: new Map() });

export function evolveSessions(view: SessionsView, recorded: Recorded): SessionsView {
  const { event, partition, at: since, revision, cause } = recorded;
  switch (event.type) {
    case 'SessionOpened':
      forget(view, view.byUser.get(event.data.user));
      remember(view, { ...event.data, partition, since, revision, cause, isDetached: false });
      return view;
    case 'SessionDetached': {
      const open = view.bySession.get(event.data.session);
      if (open !== undefined) remember(view, { ...open, revision, isDetached: true });
      return view;
    }
    case 'SessionResumed': {
      const { session } = event.data;
      const from = view.bySession.get(session) ?? { partition, since, cause };
      forget(view, view.byUser.get(event.data.user));
      remember(view, { ...from, ...event.data, revision, isDetached: false });
      return view;
    }
    case 'SessionClosed':
      forget(view, view.bySession.get(event.data.session));
      return view;
    case 'ServerStopped':
    case 'ServerLost':
      for (const open of sessionsOf(view, event.data, partition))
        if (open.resume === undefined) forget(view, open);
        else remember(view, { ...open, isDetached: true });
      return view;
    default:
      return view;
  }
}

/**
 * The sessions of one partition that a server's incarnation holds, in order of session id: they end
 * with it, or are detached.
 */
export function sessionsOf(
  view: SessionsView,
  { server, incarnation }: { server: string; incarnation: number },
  partition: number,
): readonly OpenSession[] {
  const ended = [...view.bySession.values()].filter(
    (open) =>
      open.server === server &&
      open.incarnation <= incarnation &&
      open.partition === partition &&
      !open.isDetached,
  );
  return ended.toSorted((one, other) => (one.session < other.session ? -1 : 1));
}

function remember(view: SessionsView, open: OpenSession): void {
  view.byUser.set(open.user, open);
  view.bySession.set(open.session, open);
}

function forget(view: SessionsView, open: OpenSession | undefined): void {
  if (open === undefined) return;
  view.bySession.delete(open.session);
  if (view.byUser.get(open.user) === open) view.byUser.delete(open.user);
}
