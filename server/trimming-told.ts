import { type EventStore, StoreUnreachable } from '../core/event-store.ts';
import { trimmingStream } from '../core/stream.ts';
import type { LogTrimmed } from '../core/trimming.ts';
import { randomId } from './random-id.ts';

/**
 * Tells in a partition's log what is about to be taken out of it, once for each place: what is tried
 * again, since a server was killed or somebody has not read so far, makes the log no longer.
 * @throws {StoreUnreachable} when it could not be told; then nothing is to be taken
 */
export async function tellOfTrimming(
  events: EventStore,
  partition: number,
  data: LogTrimmed['data'],
): Promise<void> {
  const stream = trimmingStream(partition);
  const query = { stream, partition, direction: 'backwards', limit: 1 } as const;
  const [last] = await events.readStream(query);
  if (last?.event.type === 'LogTrimmed' && last.event.data.before >= data.before) return;
  const writer = events.writer('trimmer', 0);
  try {
    const id = randomId();
    const actor = { server: 'trimmer', incarnation: 0 };
    const event: LogTrimmed = { type: 'LogTrimmed', data };
    const part = { stream, expected: 'any', events: [{ id, actor, cause: id, event }] } as const;
    const { status } = await writer.append({ partition, parts: [part] });
    if (status !== 'appended')
      throw new StoreUnreachable(
        'It could not be told in the log that it is trimmed, so it is not.',
      );
  } finally {
    await writer.close();
  }
}
