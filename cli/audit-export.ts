import { rmSync } from 'node:fs';

import type { SigningKey } from '../adapters/audit/signing-key.ts';
import { steadyLog } from '../adapters/log-file/joined.ts';
import { unfinishedName } from '../adapters/log-file/writer.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import type { EventStore } from '../core/event-store.ts';
import type { LogSource, StoredLog } from '../core/log-source.ts';
import { recordReading } from '../server/audit-reading.ts';
import { type ExportPlan, planExport, writeExport } from '../server/log-export.ts';
import { whatWasTrimmed, withArchive } from './archived-log.ts';
import { checkNewFile } from './new-file.ts';
import { openExistingStores } from './open-stores.ts';
import { PlainFailure } from './plain-failure.ts';
import { progressOn } from './progress.ts';
import type { StoreOptions } from './store-options.ts';
import { undoneWhenStopped } from './undone-when-stopped.ts';

export interface ExportOptions {
  readonly out: string;
  readonly store: StoreOptions;
  /** Read when the store is open: it may have made the folder in which the key is. */
  readonly key: () => SigningKey | undefined;
  /** The folder that holds what was trimmed of the log. */
  readonly archive: string | undefined;
  readonly what: string;
  readonly why: string | undefined;
}

/**
 * Writes the log to a file, up to a checkpoint that it first causes, or without the signing key up
 * to the last one. What was trimmed is in it too, or nothing is written. Tells before that it reads.
 */
export async function exportLog(options: ExportOptions): Promise<void> {
  const { store, what, why, out, archive } = options;
  const stores = await openExistingStores(store);
  const { events } = stores;
  let source: StoredLog | undefined;
  try {
    source = await (archive === undefined ? whole(events) : withArchive(archive, events));
    await checkNewFile(out);
    await recordReading(events, { what, ...(why !== undefined && { why }), holds: 'sealed' });
    const key = options.key();
    const plan = await planExport(events, key);
    if (plan.cuts.length === 0)
      throw new PlainFailure(
        'This log has no checkpoint, so there is nothing that could be exported with a proof: give the signing key with --audit-key.',
      );
    await written(out, source, plan);
    console.log(`Exported ${plan.records.toLocaleString('en-US')} records to ${out}.`);
    if (key === undefined && plan.leftOut > 0)
      console.log(
        `Left out: ${plan.leftOut.toLocaleString('en-US')} records that came after the last checkpoint; with the signing key (--audit-key) they would be sealed and in it.`,
      );
  } finally {
    await source?.close();
    await stores.close();
  }
}

/** @throws {PlainFailure} for a log that was trimmed */
async function whole(events: EventStore): Promise<StoredLog> {
  const cut = await whatWasTrimmed(events);
  if (cut !== undefined) throw new PlainFailure(cut);
  return steadyLog(events);
}

async function written(out: string, source: LogSource, plan: ExportPlan): Promise<void> {
  using progress = progressOn(process.stderr, plan.records);
  const isWritten = undoneWhenStopped(() => rmSync(unfinishedName(out), { force: true }));
  try {
    await writeExport(out, source, plan, progress.reached);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new PlainFailure(`${out} cannot be written (${reasonOf(error)}).`);
  } finally {
    isWritten();
    progress.end();
  }
}
