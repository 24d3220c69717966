import type { EventStore } from '../core/event-store.ts';
import { isNews, lastCheckpoint } from './sealer.ts';

/** More than servers write about sealing between two checkpoints. */
const lookedAt = 100;

/**
 * When the oldest record came that no checkpoint covers, in milliseconds since 1970, of those that
 * ask for one; undefined where all is sealed. Null in a partition that was never sealed.
 * @throws {StoreUnreachable}
 */
export async function unsealedSince(
  events: EventStore,
  partition: number,
): Promise<number | undefined | null> {
  const { checkpoint } = await lastCheckpoint(events, partition);
  if (checkpoint === undefined) return null;
  const records = await events.readStored(partition, checkpoint.data.size + 1, lookedAt);
  return records.find(isNews)?.at;
}
