import type { EventStore, Recorded, StreamQuery } from '../core/event-store.ts';

/** Few enough to hold, many enough that a round trip for each page does not count. */
const pageSize = 256;

/**
 * The records of a stream from a revision on (its first unless given), oldest first, read as they
 * are asked for. Where its beginning was trimmed they begin further on.
 * @throws {StoreUnreachable}
 */
export async function* recordsForwards(
  events: EventStore,
  { from = 1, ...stream }: Pick<StreamQuery, 'stream' | 'partition' | 'from'>,
): AsyncGenerator<Recorded, void> {
  for (let next = from; ;) {
    const page = await events.readStream({ ...stream, from: next, limit: pageSize });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    next = revisionIn(stream.stream, last) + 1;
  }
}

/**
 * The records of a stream from a revision back (its last unless given), newest first, read as they
 * are asked for.
 * @throws {StoreUnreachable}
 */
export async function* recordsBackwards(
  events: EventStore,
  stream: Pick<StreamQuery, 'stream' | 'partition' | 'from'>,
): AsyncGenerator<Recorded, void> {
  const query = { ...stream, direction: 'backwards', limit: pageSize } as const;
  for (let from = stream.from; from !== 0;) {
    const page = await events.readStream({ ...query, ...(from !== undefined && { from }) });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    from = revisionIn(stream.stream, last) - 1;
  }
}

/** A record's place in a stream that it is of, or that its link indexes it in. */
export const revisionIn = (stream: string, recorded: Recorded): number =>
  recorded.link?.stream === stream ? recorded.link.revision : recorded.revision;
