import type { EventStore } from '../core/event-store.ts';
import { isNews, lastCheckpoint } from './sealer.ts';

/** More than servers write about sealing between two checkpoints. */
const lookedAt = 100;

/**
 * When the oldest record came that no checkpoint covers, in milliseconds since 1970, of those that
 * ask for one; undefined where all is sealed. Null in a log that was never sealed.
 * @throws {StoreUnreachable}
 */
export async function unsealedSince(
  events: EventStore,
  partition: number,
): Promise<number | undefined | null> {
  const { checkpoint } = await lastCheckpoint(events, partition);
  // All partitions of a log are sealed, or none is: the first one tells.
  const isSealed = checkpoint ?? (partition > 0 && (await lastCheckpoint(events, 0)).checkpoint);
  if (!isSealed) return null;
  const sealed = checkpoint?.data.size ?? 0;
  const records = await events.readStored(partition, sealed + 1, lookedAt);
  return records.find(isNews)?.at;
}
