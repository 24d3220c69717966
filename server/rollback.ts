import type { Rollback } from '../core/event-store.ts';
import { loadFollowing as rememberFollowing } from '../core/views/followers.ts';
import { loadFollowing } from './aggregate.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { endSession } from './session-end.ts';

/**
 * After the log was set back: tells each client whose session the log still has from where on
 * nothing can be relied upon, and lets go of those whose session it no longer has.
 */
export function toldOfRollback(
  { follower }: Chat,
  connections: Iterable<Connection>,
  { from, epoch }: Rollback,
): void {
  for (const connection of connections) {
    const { identity } = connection;
    if (identity === undefined) continue;
    const place = `position ${from} (epoch ${epoch})`;
    connection.fail('ContinuityBroken', place);
    if (!follower.view.sessions.bySession.has(identity.session))
      connection.disconnect('SessionEnded');
    connection.flush();
  }
}

/** Ends this server's sessions that the log has and nobody holds: their openings were unknown. */
export function endUnheld(chat: Chat): void {
  const { follower, options, incarnation, fanOut } = chat;
  for (const { user, session, ...held } of follower.view.sessions.bySession.values()) {
    const isOurs = held.server === options.name && held.incarnation === incarnation;
    if (isOurs && fanOut.holder(session) === undefined)
      void endSession(chat, { user, session, reason: 'disconnected' });
  }
}

/** Loads what the users who are here follow into a view that was folded anew. */
export async function restoreSubscriptions(
  { stores, follower, log }: Chat,
  connections: Iterable<Connection>,
): Promise<void> {
  for (const { identity } of connections) {
    if (identity === undefined) continue;
    try {
      const { state } = await loadFollowing(stores.events, identity.user);
      rememberFollowing(follower.view.followers, identity.user, state);
    } catch (error) {
      log.warn({ err: error, user: identity.user }, 'subscriptions were not loaded again');
    }
  }
}
