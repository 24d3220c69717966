import { type Account, type AccountEvent, evolveAccount, initialAccount } from '../core/account.ts';
import type { ChatEvent } from '../core/event.ts';
import type { EventStore, Recorded } from '../core/event-store.ts';
import { evolveFollowing, type Following, type FollowingEvent } from '../core/following.ts';
import {
  evolveRetention,
  initialRetention,
  type Retention,
  type RetentionEvent,
} from '../core/retention.ts';
import { evolveServer, initialServer, type Server, type ServerEvent } from '../core/server.ts';
import {
  endWithServer,
  evolveSession,
  initialSession,
  type Session,
  type SessionEvent,
} from '../core/session.ts';
import {
  accountStream,
  followingStream,
  retentionStream,
  serverStream,
  sessionStream,
} from '../core/stream.ts';
import { type LoadedFollowing, nothingFollowed } from '../core/views/followers.ts';
import { recordsForwards } from './stream-records.ts';

/** A stream's state and the revision that it was read at: what a decision can rest on. */
export interface Loaded<S> {
  readonly state: S;
  readonly revision: number;
}

export const loadAccount = (events: EventStore, user: string): Promise<Loaded<Account>> =>
  load<Account>(events, accountStream(user), nothing(initialAccount), (state, event) =>
    evolveAccount(state, event as AccountEvent),
  );

/** `known` is what the caller holds already: only what came after it is read. */
export async function loadFollowing(
  events: EventStore,
  user: string,
  known: LoadedFollowing = nothingFollowed,
): Promise<LoadedFollowing> {
  const before = { state: known.targets, revision: known.revision };
  const { state, revision } = await load<Following>(
    events,
    followingStream(user),
    before,
    (following, event) => evolveFollowing(following, event as FollowingEvent),
  );
  return { targets: state, revision };
}

export const loadRetention = (events: EventStore, room: string): Promise<Loaded<Retention>> =>
  load<Retention>(events, retentionStream(room), nothing(initialRetention), (state, event) =>
    evolveRetention(state, event as RetentionEvent),
  );

/** A server's state, from its home partition. */
export const loadServer = (events: EventStore, server: string): Promise<Loaded<Server>> =>
  load<Server>(events, serverStream(server), nothing(initialServer), (state, event) =>
    evolveServer(state, event as ServerEvent),
  );

/**
 * A user's session. The stream's last event decides, unless it opened a session whose server's
 * incarnation has ended since: that is asked of the store, so a refusal is never a stale one. An
 * end counts as soon as it has come to the session's own partition: there it lies before whatever
 * is decided by it, and what has ended appends nothing any more.
 */
export async function loadSession(events: EventStore, user: string): Promise<Loaded<Session>> {
  const stream = sessionStream(user);
  const [last] = await events.readStream({ stream, direction: 'backwards', limit: 1 });
  if (last === undefined) return { state: initialSession, revision: 0 };
  const { revision, partition } = last;
  const state = evolveSession(initialSession, last.event as SessionEvent);
  if (state.status !== 'open') return { state, revision };
  const server = { stream: serverStream(state.server), partition };
  const [change] = await events.readStream({ ...server, direction: 'backwards', limit: 1 });
  return { state: endWithServer(state, state.server, endedBy(change)), revision };
}

/** The last incarnation that has ended when this is the last change to a server; 0 for none. */
function endedBy(change: Recorded | undefined): number {
  if (change === undefined) return 0;
  const { type, data } = change.event as ServerEvent;
  return type === 'ServerStarted' ? data.incarnation - 1 : data.incarnation;
}

async function load<S>(
  events: EventStore,
  stream: string,
  known: Loaded<S>,
  evolve: (state: S, event: ChatEvent) => S,
): Promise<Loaded<S>> {
  let { state, revision } = known;
  for await (const recorded of recordsForwards(events, { stream, from: revision + 1 })) {
    state = evolve(state, recorded.event);
    revision = recorded.revision;
  }
  return { state, revision };
}

const nothing = <S>(state: S): Loaded<S> => ({ state, revision: 0 });
