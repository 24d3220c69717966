import { type EventStore, StoreUnusable } from '../core/event-store.ts';
import { chatSnapshot, type Snapshot } from '../core/snapshot-store.ts';
import { partitionOf } from '../core/stream.ts';
import { foldVersion, isReadableFold, type StreamFold } from '../core/stream-folds.ts';
import type { ChatView } from '../core/views/chat.ts';
import { chatFrom, type ChatState, stateOf } from '../core/views/chat-state.ts';

/** A stream's state and the revision that it was read at: what a decision can rest on. */
export interface Loaded<S> {
  readonly state: S;
  readonly revision: number;
}

/**
 * The state of a stream as it was when its log was trimmed last; undefined when nothing of the stream
 * had been written by then, or when another version of the fold made it and the log is whole.
 * @throws {StoreUnreachable} @throws {StoreUnusable} for one of another version, in a trimmed log
 */
export async function snapshotOf<S>(
  events: EventStore,
  fold: StreamFold<S>,
  stream: string,
  partition = partitionOf(stream, events.info.partitions),
): Promise<Loaded<S> | undefined> {
  const snapshot = (await events.snapshots.get(partition, [stream])).get(stream);
  if (snapshot === undefined || !(await isOfUse(events, partition, snapshot))) return undefined;
  return { state: fold.read(snapshot.state), revision: snapshot.revision };
}

/** Views as of the places at which their partitions were trimmed last. */
export interface SnapshotView {
  readonly view: ChatView;
  /** By partition; 0 where a fold begins at the beginning. */
  readonly positions: readonly number[];
}

/**
 * The view of all partitions from which a fold goes on.
 * @throws {StoreUnreachable}
 * @throws {StoreUnusable} when the log is trimmed, and what stands for its head is of another version
 */
export async function snapshotView(events: EventStore): Promise<SnapshotView> {
  const kept: (Snapshot | undefined)[] = [];
  for (let partition = 0; partition < events.info.partitions; partition++)
    kept.push(await chatSnapshotOf(events, partition));
  return { view: viewOf(kept), positions: kept.map((one) => one?.position ?? 0) };
}

/**
 * The same of one partition, for whoever adds to what is kept of it.
 * @throws {StoreUnreachable} @throws {StoreUnusable} when that is of another version
 */
export async function partitionSnapshotView(
  events: EventStore,
  partition: number,
): Promise<{ readonly view: ChatView; readonly position: number }> {
  const kept = await chatSnapshotOf(events, partition);
  return { view: viewOf([kept]), position: kept?.position ?? 0 };
}

/** What is kept of a view that was folded from one partition up to a position. */
export function chatSnapshotAt(view: ChatView, position: number): Snapshot {
  return { name: chatSnapshot, revision: 0, position, fold: foldVersion, state: stateOf(view) };
}

/** @throws {StoreUnusable} for a snapshot of a version of the fold that is not read */
export function checkFold({ fold }: Snapshot): void {
  if (isReadableFold(fold)) return;
  throw new StoreUnusable(
    `What is kept in the place of this log's head was made by another version of this program (fold ${fold}, this one knows ${foldVersion}): use the version that made it.`,
  );
}

async function chatSnapshotOf(
  events: EventStore,
  partition: number,
): Promise<Snapshot | undefined> {
  const found = await events.snapshots.get(partition, [chatSnapshot]);
  const snapshot = found.get(chatSnapshot);
  return snapshot && (await isOfUse(events, partition, snapshot)) ? snapshot : undefined;
}

/** One of a version that is not read is not, and is not needed as long as the log is whole. */
async function isOfUse(
  events: EventStore,
  partition: number,
  snapshot: Snapshot,
): Promise<boolean> {
  if (isReadableFold(snapshot.fold)) return true;
  if ((await events.head(partition)).first > 1) checkFold(snapshot);
  return false;
}

/** Partitions have no session, room or server in common. */
function viewOf(snapshots: readonly (Snapshot | undefined)[]): ChatView {
  const states = snapshots.flatMap((one) => (one === undefined ? [] : [one.state as ChatState]));
  const merged = <T>(part: (state: ChatState) => Readonly<Record<string, T>>) =>
    Object.fromEntries(states.flatMap((state) => Object.entries(part(state))));
  return chatFrom({
    epochs: merged(({ epochs }) => epochs),
    following: {},
    retentions: merged(({ retentions }) => retentions),
    rooms: merged(({ rooms }) => rooms),
    servers: merged(({ servers }) => servers),
    sessions: merged(({ sessions }) => sessions),
  });
}
