import { type EventStore, type Recorded, StoreUnreachable } from '../core/event-store.ts';
import {
  evolveKeptRooms,
  initialKeptRooms,
  type KeptRooms,
  type KeptRoomsEvent,
  sumOfKeptRooms,
} from '../core/kept-rooms.ts';
import { keptRoomsStream } from '../core/stream.ts';
import { keptRoomsFold } from '../core/stream-folds.ts';
import { type Loaded, snapshotOf } from './snapshots.ts';
import { recordsBackwards, recordsForwards } from './stream-records.ts';

/** A sum with every so many events, so that one page of the stream is all that a login reads. */
const eventsBetweenSums = 128;

/** The rooms that an account keeps, as they were read. */
export interface LoadedKeptRooms extends Loaded<KeptRooms> {
  /** The revision of the last sum, or of what was kept when the log was trimmed; 0 before the first. */
  readonly summedAt: number;
}

const nothingKept: LoadedKeptRooms = { state: initialKeptRooms, revision: 0, summedAt: 0 };

/**
 * `known` is what the caller holds already: only what came after it is read, or else what came after
 * the last sum.
 * @throws {StoreUnreachable} @throws {StoreUnusable} for what was kept by another version
 */
export async function loadKeptRooms(
  events: EventStore,
  user: string,
  known?: LoadedKeptRooms,
): Promise<LoadedKeptRooms> {
  const stream = keptRoomsStream(user);
  const records = await (known === undefined
    ? sinceLastSum(events, stream)
    : since(events, stream, known.revision + 1));
  const start = await beneath(events, stream, known ?? nothingKept, records[0]);
  return records.filter(({ revision }) => revision > start.revision).reduce(fold, start);
}

/** What to append: `events`, and behind them a sum if the last one lies far enough back. */
export function withSum(
  user: string,
  { state, revision, summedAt }: LoadedKeptRooms,
  events: readonly KeptRoomsEvent[],
): readonly KeptRoomsEvent[] {
  if (revision + events.length - summedAt < eventsBetweenSums) return events;
  return [...events, sumOfKeptRooms(user, events.reduce(evolveKeptRooms, state))];
}

/** The last sum and what follows it, oldest first; all that is left where there is none. */
async function sinceLastSum(events: EventStore, stream: string): Promise<readonly Recorded[]> {
  const latestFirst: Recorded[] = [];
  for await (const recorded of recordsBackwards(events, { stream })) {
    latestFirst.push(recorded);
    if (recorded.event.type === 'KeptRoomsSummed') break;
  }
  return latestFirst.toReversed();
}

async function since(
  events: EventStore,
  stream: string,
  from: number,
): Promise<readonly Recorded[]> {
  const records: Recorded[] = [];
  for await (const recorded of recordsForwards(events, { stream, from })) records.push(recorded);
  return records;
}

/**
 * What the records go on from: what is known, or, where the stream was trimmed between the two, what
 * was kept of it. That is looked for after the records: it is never older than what they begin with.
 */
async function beneath(
  events: EventStore,
  stream: string,
  known: LoadedKeptRooms,
  first: Recorded | undefined,
): Promise<LoadedKeptRooms> {
  if (first?.event.type === 'KeptRoomsSummed' || first?.revision === known.revision + 1)
    return known;
  const kept = await snapshotOf(events, keptRoomsFold, stream);
  const start =
    kept !== undefined && kept.revision > known.revision
      ? { ...kept, summedAt: kept.revision }
      : known;
  if (first !== undefined && start.revision + 1 < first.revision)
    throw new StoreUnreachable(
      `What was before revision ${first.revision} of ${stream} is missing.`,
    );
  return start;
}

function fold({ state, summedAt }: LoadedKeptRooms, recorded: Recorded): LoadedKeptRooms {
  const { revision } = recorded;
  const event = recorded.event as KeptRoomsEvent;
  const isSum = event.type === 'KeptRoomsSummed';
  return {
    state: evolveKeptRooms(state, event),
    revision,
    summedAt: isSum ? revision : summedAt,
  };
}
