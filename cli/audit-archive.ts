import { LogArchive } from '../adapters/log-file/archive.ts';
import { removeUnfinished } from '../adapters/log-file/writer.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { recordReading } from '../server/audit-reading.ts';
import { trimTarget } from '../server/trim-target.ts';
import { openStores } from './open-stores.ts';
import { PlainFailure } from './plain-failure.ts';
import type { StoreOptions } from './store-options.ts';
import { undoneWhenStopped } from './undone-when-stopped.ts';

const dayMs = 86_400_000;

export interface ArchiveOptions {
  readonly dir: string;
  readonly store: StoreOptions;
  /** What is older than so many days is written. */
  readonly days: number;
  readonly what: string;
  readonly why: string | undefined;
}

/** Writes what a server would trim by now, and is not in the folder. Tells before that it reads. */
export async function archiveLog({ dir, store, days, what, why }: ArchiveOptions): Promise<void> {
  const archive = new LogArchive(dir);
  const isWritten = undoneWhenStopped(() => removeUnfinished(dir));
  const stores = await openStores(store);
  try {
    const { events } = stores;
    await recordReading(events, { what, ...(why !== undefined && { why }), holds: 'sealed' });
    let files = 0;
    for (let partition = 0; partition < events.info.partitions; partition++) {
      const { before } = await trimTarget(events, partition, {
        olderThan: Date.now() - days * dayMs,
      });
      const file = await archive.add(events, partition, before);
      if (file === undefined) continue;
      files += 1;
      console.log(`Wrote ${file}.`);
    }
    if (files === 0) console.log('There is nothing so old that is not in the archive.');
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new PlainFailure(`${dir} cannot be written to (${reasonOf(error)}).`);
  } finally {
    isWritten();
    await stores.close();
  }
}
