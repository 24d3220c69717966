import type { SigningKey } from '../adapters/audit/signing-key.ts';
import type { LogFileHeader } from '../adapters/log-file/lines.ts';
import { LogFileWriter } from '../adapters/log-file/writer.ts';
import type { CheckpointSigned } from '../core/audit.ts';
import { type EventStore, StoreUnreachable, StoreUnusable } from '../core/event-store.ts';
import type { LogSource } from '../core/log-source.ts';
import { epochStream } from '../core/stream.ts';
import { epochFold } from '../core/stream-folds.ts';
import { lastCheckpoint, Sealer } from './sealer.ts';
import { snapshotOf } from './snapshots.ts';

const pageRecords = 1_000;
const sealAttemptsMax = 20;

/** What an export is to hold: each partition up to its last checkpoint. */
export interface ExportPlan {
  readonly header: LogFileHeader;
  readonly cuts: readonly Cut[];
  /** How many records it has. */
  readonly records: number;
  /** How many came after the last checkpoints. */
  readonly leftOut: number;
}

/** Where a partition's export ends. */
interface Cut {
  readonly partition: number;
  readonly checkpoint: CheckpointSigned;
}

/**
 * What can be exported now: with the key all that there is, which is sealed first.
 * @throws {StoreUnreachable} @throws {ForgedCheckpoint}
 */
export async function planExport(
  events: EventStore,
  key: SigningKey | undefined,
): Promise<ExportPlan> {
  if (key !== undefined) await sealAll(events, key);
  const cuts: Cut[] = [];
  const epochs: string[] = [];
  let [records, leftOut] = [0, 0];
  for (let partition = 0; partition < events.info.partitions; partition++) {
    const { checkpoint } = await lastCheckpoint(events, partition);
    const { position, epoch } = await events.head(partition);
    const size = checkpoint?.data.size ?? 0;
    epochs.push(checkpoint === undefined ? epoch : await epochAt(events, partition, size));
    records += size;
    leftOut += position - size;
    if (checkpoint !== undefined) cuts.push({ partition, checkpoint });
  }
  const header = { ...events.info, epochs, key: key?.verifier.text ?? null };
  return { header, cuts, records, leftOut };
}

/**
 * Writes a log file of what was planned, from `source`: the log, with the archive of what was trimmed
 * of it. `progress` is told now and then how many records are in it.
 * @throws {StoreUnreachable} @throws {StoreUnusable} when a record is not there @throws the system's error, `EEXIST` when a file has the name
 */
export async function writeExport(
  path: string,
  source: LogSource,
  { header, cuts }: ExportPlan,
  progress: (records: number) => void = () => {},
): Promise<void> {
  const file = await LogFileWriter.create(path, header);
  try {
    for (const cut of cuts) await writePartition(file, source, cut, progress);
    for (const { partition, checkpoint } of cuts) {
      const { note, range } = checkpoint.data;
      await file.writeCheckpoint({ partition, note, range, leaves: checkpoint.text });
    }
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/**
 * The epoch that began last at or before a position. That of a checkpoint can be a later one: after a
 * set-back the first to be sealed is what was before, and did not reach the file yet.
 */
async function epochAt(events: EventStore, partition: number, position: number): Promise<string> {
  const query = { stream: epochStream, partition, direction: 'backwards', limit: 1 } as const;
  let [started] = await events.readStream(query);
  while (started !== undefined) {
    const { event, revision } = started;
    if (event.type === 'EpochStarted' && started.position <= position) return event.data.epoch;
    [started] = revision > 1 ? await events.readStream({ ...query, from: revision - 1 }) : [];
  }
  // It began in what was trimmed.
  return (await snapshotOf(events, epochFold, epochStream, partition))?.state ?? '';
}

async function sealAll(events: EventStore, key: SigningKey): Promise<void> {
  const sealer = new Sealer(events, key, 'audit');
  try {
    for (let partition = 0; partition < events.info.partitions; partition++) {
      // A server may be quicker, now and then, and what it sealed may be less than there is.
      for (let attempt = 1; (await sealer.seal(partition)) !== 'sealed'; attempt++)
        if (attempt === sealAttemptsMax)
          throw new StoreUnreachable(`Partition ${partition} could not be sealed: try again.`);
    }
  } finally {
    await sealer.close();
  }
}

async function writePartition(
  file: LogFileWriter,
  source: LogSource,
  { partition, checkpoint }: Cut,
  progress: (records: number) => void,
): Promise<void> {
  const { size } = checkpoint.data;
  for (let from = 1; from <= size;) {
    const page = await source.readStored(partition, from, Math.min(pageRecords, size - from + 1));
    const end = page.at(-1)?.position ?? 0;
    const first = page[0]?.position ?? from;
    if (first > from)
      throw new StoreUnusable(`The log of partition ${partition} lacks position ${from}.`);
    if (end < from)
      throw new StoreUnreachable(`The log of partition ${partition} ends before its checkpoint.`);
    await file.write(page);
    progress(file.records);
    from = end + 1;
  }
}
