import type { Placement } from './log-source.ts';

/**
 * The order in which records of several partitions are read as one history: by time, then by
 * partition. Along one partition it is the log's own, since its times never fall.
 */
export const comesBefore = (one: Placement, other: Placement): boolean =>
  one.at !== other.at ? one.at < other.at : one.partition < other.partition;
