import { StoreUnreachable } from '../../core/event-store.ts';
import { epochStream } from '../../core/stream.ts';
import type { Connection } from './connection.ts';
import { recordOf } from './entry.ts';
import type { PartitionKeys } from './keys.ts';
import { scanLog } from './log-reader.ts';
import { runScript, scripts } from './scripts.ts';

const attemptsMax = 5;

/**
 * Makes a partition's heads anew from its log, when they are missing or say something else.
 *
 * @throws {StoreUnreachable} when the log grows faster than it can be read
 */
export async function rebuildHeads(connection: Connection, keys: PartitionKeys): Promise<void> {
  const revisions = new Map<string, number>();
  let [position, epoch] = [0, ''];
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    for await (const page of scanLog(connection, keys, position + 1)) {
      for (const entry of page) {
        position = entry.position;
        revisions.set(entry.stream, entry.revision);
        if (entry.link) revisions.set(entry.link.stream, entry.link.revision);
        if (entry.stream !== epochStream) continue;
        const { event } = recordOf(keys.partition, entry);
        if (event.type === 'EpochStarted') epoch = event.data.epoch;
      }
    }
    const flat = JSON.stringify([...revisions].flat());
    const args = [position, epoch, flat, epochStream];
    const isWhole = await runScript(
      connection,
      scripts.rebuildHeads,
      [keys.log, keys.heads, keys.trimmed],
      args,
    );
    if (isWhole === 1) return;
  }
  throw new StoreUnreachable('The heads of the log could not be rebuilt: it grows too fast.');
}
