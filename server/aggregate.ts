import type { Account } from '../core/account.ts';
import type { PublishedKey } from '../core/audit.ts';
import { type EventStore, StoreUnreachable } from '../core/event-store.ts';
import type { Retention } from '../core/retention.ts';
import type { Server, ServerEvent } from '../core/server.ts';
import { endWithServer, type Session } from '../core/session.ts';
import {
  accountStream,
  followingStream,
  partitionOf,
  retentionStream,
  serverStream,
  sessionStream,
  signingKeysStream,
} from '../core/stream.ts';
import {
  accountFold,
  followingFold,
  retentionFold,
  serverFold,
  sessionFold,
  signingKeysFold,
  type StreamFold,
} from '../core/stream-folds.ts';
import { type LoadedFollowing, nothingFollowed } from '../core/views/followers.ts';
import { type Loaded, snapshotOf } from './snapshots.ts';
import { recordsForwards, revisionIn } from './stream-records.ts';

export const loadAccount = (events: EventStore, user: string): Promise<Loaded<Account>> =>
  load(events, accountFold, accountStream(user));

/** `known` is what the caller holds already: only what came after it is read. */
export async function loadFollowing(
  events: EventStore,
  user: string,
  known: LoadedFollowing = nothingFollowed,
): Promise<LoadedFollowing> {
  const before = { state: known.targets, revision: known.revision };
  const { state, revision } = await load(events, followingFold, followingStream(user), {
    known: before,
  });
  return { targets: state, revision };
}

export const loadRetention = (events: EventStore, room: string): Promise<Loaded<Retention>> =>
  load(events, retentionFold, retentionStream(room));

/** The keys that were published for sealing a partition, in their order. */
export const loadSigningKeys = (
  events: EventStore,
  partition: number,
): Promise<Loaded<readonly PublishedKey[]>> =>
  load(events, signingKeysFold, signingKeysStream(partition), { partition });

/** A server's state, from its home partition. */
export const loadServer = (events: EventStore, server: string): Promise<Loaded<Server>> =>
  load(events, serverFold, serverStream(server));

/**
 * A user's session. The stream's last event decides, unless it opened a session whose server's
 * incarnation has ended since: that is asked of the store, so a refusal is never a stale one. An
 * end counts as soon as it has come to the session's own partition: there it lies before whatever
 * is decided by it, and what has ended appends nothing any more.
 */
export async function loadSession(events: EventStore, user: string): Promise<Loaded<Session>> {
  const stream = sessionStream(user);
  const partition = partitionOf(stream, events.info.partitions);
  const { state, revision } = await loadLast(events, sessionFold, stream, partition);
  if (state.status !== 'open') return { state, revision };
  const ended = await lastEnded(events, state.server, partition);
  return { state: endWithServer(state, state.server, ended), revision };
}

/** The last incarnation of a server that has ended, as one partition tells; 0 for none. */
async function lastEnded(events: EventStore, server: string, partition: number): Promise<number> {
  const stream = serverStream(server);
  const query = { stream, partition, direction: 'backwards', limit: 1 } as const;
  const [change] = await events.readStream(query);
  if (change !== undefined) {
    const { type, data } = change.event as ServerEvent;
    return type === 'ServerStarted' ? data.incarnation - 1 : data.incarnation;
  }
  const kept = await snapshotOf(events, serverFold, stream, partition);
  if (kept === undefined || kept.state.status === 'none') return 0;
  const { status, incarnation } = kept.state;
  return status === 'running' ? incarnation - 1 : incarnation;
}

/** The state of a stream whose last event alone tells it. */
async function loadLast<S>(
  events: EventStore,
  fold: StreamFold<S>,
  stream: string,
  partition: number,
): Promise<Loaded<S>> {
  const query = { stream, partition, direction: 'backwards', limit: 1 } as const;
  const [last] = await events.readStream(query);
  if (last !== undefined)
    return { state: fold.evolve(fold.initial, last), revision: last.revision };
  const kept = await snapshotOf(events, fold, stream, partition);
  return kept ?? { state: fold.initial, revision: 0 };
}

/**
 * Folds what is there of a stream. Where its beginning was trimmed, on top of what was kept of it,
 * which is looked for after the records: it is never older than what they begin with.
 *
 * @throws {StoreUnreachable} @throws {StoreUnusable} for what was kept by another version
 */
async function load<S>(
  events: EventStore,
  fold: StreamFold<S>,
  stream: string,
  {
    known = { state: fold.initial, revision: 0 },
    partition = partitionOf(stream, events.info.partitions),
  }: { readonly known?: Loaded<S>; readonly partition?: number } = {},
): Promise<Loaded<S>> {
  let { state, revision } = known;
  const query = { stream, partition, from: known.revision + 1 };
  for await (const recorded of recordsForwards(events, query)) {
    const place = revisionIn(stream, recorded);
    if (place > revision + 1) {
      const kept = await snapshotOf(events, fold, stream, partition);
      if (kept === undefined || kept.revision + 1 < place)
        throw new StoreUnreachable(`What was before revision ${place} of ${stream} is missing.`);
      ({ state, revision } = kept);
    }
    if (place <= revision) continue;
    state = fold.evolve(state, recorded);
    revision = place;
  }
  if (revision > known.revision) return { state, revision };
  // All of it may be gone.
  const kept = await snapshotOf(events, fold, stream, partition);
  return kept !== undefined && kept.revision > known.revision ? kept : known;
}
