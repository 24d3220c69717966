import type { LogSource } from '../../core/log-source.ts';
import { partitionsOf, type Positions } from './log-span.ts';

/**
 * The place behind everything that was written before `at` (milliseconds since 1970): of each
 * partition the last position that is earlier. Times never fall along a partition, so a few records
 * tell it.
 * @throws {StoreUnreachable}
 */
export async function placeBefore(
  source: LogSource,
  at: number,
  end: Positions,
): Promise<Positions> {
  const searches = partitionsOf(source).map((partition) =>
    lastBefore(source, partition, at, end[partition] ?? 0),
  );
  return Promise.all(searches);
}

/** When the last record up to a place was written; undefined where there is none. @throws {StoreUnreachable} */
export async function timeAt(source: LogSource, place: Positions): Promise<number | undefined> {
  const last = place.map(async (position, partition) =>
    position === 0 ? [] : source.readStored(partition, position, 1),
  );
  const times = (await Promise.all(last)).flat().map(({ at }) => at);
  return times.length === 0 ? undefined : Math.max(...times);
}

async function lastBefore(
  source: LogSource,
  partition: number,
  at: number,
  end: number,
): Promise<number> {
  // All up to `earlier` are earlier, and none from `later` on.
  let earlier = 0;
  let later = end + 1;
  while (later - earlier > 1) {
    const middle = Math.floor((earlier + later) / 2);
    const [record] = await source.readStored(partition, middle, 1);
    // A log that was trimmed begins further on, and what is gone is earlier.
    if (record === undefined || (record.position === middle && record.at >= at)) later = middle;
    else earlier = middle;
  }
  return earlier;
}
