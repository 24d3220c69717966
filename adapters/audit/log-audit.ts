import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { type Evidence, type LogReport, PartitionAudits } from './partition-audits.ts';

/** Told now and then how many records have been read. */
export type Progress = (records: number) => void;

const pageRecords = 1_000;

/** Checks a log where it lies. What came after the last checkpoint is not sealed, and no finding. */
export async function auditLog(
  source: LogSource,
  evidence: Evidence,
  progress: Progress,
): Promise<LogReport> {
  const audits = new PartitionAudits(source.info.partitions, evidence);
  let records = 0;
  for (let partition = 0; partition < source.info.partitions; partition++) {
    // What is appended while this reads is left for another time.
    const { position: head } = await source.head(partition);
    for await (const page of pagesOf(source, partition, head)) {
      for (const record of page) audits.of(partition).add(record);
      records += page.length;
      progress(records);
    }
  }
  return audits.report('live');
}

/**
 * The records up to `head`. Each page begins with the last record of the one before: what stands
 * between two positions would else be overlooked where one page ends and the next begins.
 */
async function* pagesOf(
  source: LogSource,
  partition: number,
  head: number,
): AsyncGenerator<readonly StoredRecord[]> {
  for (let last = 0; last < head;) {
    const page = await source.readStored(partition, Math.max(last, 1), pageRecords);
    const end = page.at(-1)?.position ?? 0;
    yield last === 0 ? page : page.slice(1);
    // It has shrunk, or goes round.
    if (end <= last) return;
    last = end;
  }
}
