import type { EventStore } from '../core/event-store.ts';
import { roomStream } from '../core/stream.ts';
import { roomNameFold } from '../core/stream-folds.ts';
import { snapshotOf } from './snapshots.ts';

/**
 * How a room's name was first written, by its canonical form; undefined where nobody was ever in it.
 * @throws {StoreUnreachable} @throws {StoreUnusable} for a snapshot of another version of the folds
 */
export async function firstName(events: EventStore, room: string): Promise<string | undefined> {
  const [first] = await events.readStream({ stream: roomStream(room), limit: 1 });
  if (first?.revision === 1)
    return first.event.type === 'RoomJoined' ? first.event.data.name : undefined;
  // It may have been named by what was trimmed.
  const named = await snapshotOf(events, roomNameFold, roomStream(room));
  return named?.state || undefined;
}
