import type { CheckpointFolder } from '../adapters/audit/checkpoint-folder.ts';
import type { EventStore } from '../core/event-store.ts';
import { auditStream } from '../core/stream.ts';

const lookBackAtOnce = 20;

/**
 * Copies the checkpoints of a partition that are not in the folder yet: those behind the newest that
 * is there, oldest first, so that whatever ends this leaves no gap.
 *
 * @throws {StoreUnreachable} @throws the system's error
 */
export async function keepCheckpoints(
  events: EventStore,
  folder: CheckpointFolder,
  partition: number,
): Promise<void> {
  const missing: string[] = [];
  const query = { stream: auditStream(partition), partition, direction: 'backwards' } as const;
  let page = await events.readStream({ ...query, limit: lookBackAtOnce });
  for (let isThere = false; !isThere && page.length > 0;) {
    for (const { event } of page) {
      if (event.type !== 'CheckpointSigned') continue;
      isThere = folder.has(event.data.note);
      if (isThere) break;
      missing.push(event.data.note);
    }
    const from = (page.at(-1)?.revision ?? 1) - 1;
    if (from < 1) break;
    if (!isThere) page = await events.readStream({ ...query, from, limit: lookBackAtOnce });
  }
  for (const note of missing.toReversed()) await folder.keep(note);
}
