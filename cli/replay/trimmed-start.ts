import type { EventStore } from '../../core/event-store.ts';
import { followingFold } from '../../core/stream-folds.ts';
import type { ChatView } from '../../core/views/chat.ts';
import { chatFrom, stateOf } from '../../core/views/chat-state.ts';
import { rememberFollowing } from '../../core/views/followers.ts';
import { checkFold, snapshotView } from '../../server/snapshots.ts';
import { whatWasTrimmed } from '../archived-log.ts';
import { partitionsOf, type Positions } from './log-span.ts';
import { type LogStart, wholeStart } from './log-start.ts';

/** So many users' subscriptions are asked for at once. */
const usersAtOnce = 256;

/**
 * Where a live log begins for somebody without its archive: of one that was trimmed, at the snapshots
 * that stand for what is gone.
 * @throws {StoreUnreachable} @throws {StoreUnusable} for snapshots of another version of the folds
 */
export async function startOfLive(events: EventStore): Promise<LogStart> {
  const lacks = await whatWasTrimmed(events);
  if (lacks === undefined) return wholeStart(events);
  // All that is kept is of one place, unless more was kept meanwhile.
  for (let before = await keptThrough(events); ;) {
    const { view, positions } = await snapshotView(events);
    for (const partition of partitionsOf(events)) await addFollowing(events, partition, view);
    const after = await keptThrough(events);
    if (after.join() === before.join()) {
      const state = stateOf(view);
      return { gone: await goneOf(events), positions, view: () => chatFrom(state), lacks };
    }
    before = after;
  }
}

const keptThrough = (events: EventStore): Promise<Positions> =>
  Promise.all(partitionsOf(events).map((partition) => events.snapshots.keptThrough(partition)));

const goneOf = (events: EventStore): Promise<Positions> =>
  Promise.all(
    partitionsOf(events).map(async (partition) => (await events.head(partition)).first - 1),
  );

/** Whom each user follows, whose first subscriptions were trimmed. */
async function addFollowing(events: EventStore, partition: number, view: ChatView): Promise<void> {
  const { kind } = followingFold;
  let names: string[] = [];
  const add = async (): Promise<void> => {
    for (const [name, snapshot] of await events.snapshots.get(partition, names)) {
      checkFold(snapshot);
      const targets = followingFold.read(snapshot.state);
      const { revision } = snapshot;
      rememberFollowing(view.followers, name.slice(kind.length), { targets, revision });
    }
    names = [];
  };
  for await (const name of events.snapshots.names(partition, kind))
    if (names.push(name) === usersAtOnce) await add();
  await add();
}
