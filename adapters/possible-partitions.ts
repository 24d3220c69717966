import { StoreUnusable } from '../core/event-store.ts';
import { partitionsMax } from '../core/limits.ts';

/**
 * How many partitions a log has, by what its store says: whoever went through as many as a damaged
 * one says would not come to an end.
 * @param where the log is, in words
 * @throws {StoreUnusable} for a number that no log has
 */
export function possiblePartitions(partitions: number, where: string): number {
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= partitionsMax)
    return partitions;
  throw new StoreUnusable(
    `The log in ${where} is damaged: it says that it has ${partitions} partitions, and a log has 1 to ${partitionsMax}. Restore a backup.`,
  );
}
