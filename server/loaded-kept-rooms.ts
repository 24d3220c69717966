import type { EventStore, Recorded } from '../core/event-store.ts';
import {
  evolveKeptRooms,
  initialKeptRooms,
  type KeptRooms,
  type KeptRoomsEvent,
  sumOfKeptRooms,
} from '../core/kept-rooms.ts';
import { keptRoomsStream } from '../core/stream.ts';
import type { Loaded } from './aggregate.ts';
import { recordsBackwards, recordsForwards } from './stream-records.ts';

/** A sum with every so many events, so that one page of the stream is all that a login reads. */
const eventsBetweenSums = 128;

/** The rooms that an account keeps, as they were read. */
export interface LoadedKeptRooms extends Loaded<KeptRooms> {
  /** The revision of the last sum; 0 before the first. */
  readonly summedAt: number;
}

const nothingKept: LoadedKeptRooms = { state: initialKeptRooms, revision: 0, summedAt: 0 };

/**
 * `known` is what the caller holds already: only what came after it is read, or else what came after
 * the last sum.
 * @throws {StoreUnreachable}
 */
export async function loadKeptRooms(
  events: EventStore,
  user: string,
  known?: LoadedKeptRooms,
): Promise<LoadedKeptRooms> {
  const stream = keptRoomsStream(user);
  if (known === undefined) return (await sinceLastSum(events, stream)).reduce(fold, nothingKept);
  let loaded = known;
  for await (const recorded of recordsForwards(events, { stream, from: known.revision + 1 }))
    loaded = fold(loaded, recorded);
  return loaded;
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

/** The last sum and what follows it, oldest first. */
async function sinceLastSum(events: EventStore, stream: string): Promise<readonly Recorded[]> {
  const latestFirst: Recorded[] = [];
  for await (const recorded of recordsBackwards(events, { stream })) {
    latestFirst.push(recorded);
    if (recorded.event.type === 'KeptRoomsSummed') break;
  }
  return latestFirst.toReversed();
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
