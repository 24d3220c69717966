import { StoreUnusable } from '../../core/event-store.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { epochStream } from '../../core/stream.ts';
import { decodeRecord } from '../record-codec.ts';

const pageRecords = 1_000;

/**
 * Makes sure that what is archived of a partition is the beginning of this log as it is now: by the
 * last record of the archive where the log still has that, else by the epochs since.
 * @throws {StoreUnusable} when it is not: a sentence
 * @throws {StoreUnreachable}
 */
export async function checkFit(
  archived: LogSource,
  live: LogSource,
  partition: number,
): Promise<void> {
  const there = await archived.head(partition);
  const here = await live.head(partition);
  const isAhead = there.position > here.position;
  if (archived.info.partitions !== live.info.partitions || isAhead) throw foreign();
  const isOf =
    there.position >= here.first
      ? await haveSame(archived, live, partition, there.position)
      : await leadsTo(there, here, epochsOf(live, partition, here.first));
  if (!isOf) throw foreign();
}

const foreign = (): StoreUnusable =>
  new StoreUnusable('The archive is of another log, or of this one before it was set back.');

async function haveSame(
  archived: LogSource,
  live: LogSource,
  partition: number,
  position: number,
): Promise<boolean> {
  const [[one], [other]] = await Promise.all([
    archived.readStored(partition, position, 1),
    live.readStored(partition, position, 1),
  ]);
  return one !== undefined && other !== undefined && isSame(one, other);
}

const isSame = (one: StoredRecord, other: StoredRecord): boolean =>
  one.position === other.position && Buffer.compare(one.meta, other.meta) === 0;

interface Epoch {
  readonly epoch: string;
  readonly previous?: string;
  readonly from: number;
}

/** Whether the epoch that the archive ends in became that of the log, without losing what it has. */
async function leadsTo(
  there: { readonly epoch: string; readonly position: number },
  here: { readonly epoch: string },
  since: AsyncIterable<Epoch>,
): Promise<boolean> {
  if (there.position === 0) return true;
  let { epoch } = there;
  if (epoch === here.epoch) return true;
  for await (const next of since) {
    if (next.previous !== epoch) continue;
    if (next.from <= there.position) return false;
    ({ epoch } = next);
  }
  return epoch === here.epoch;
}

async function* epochsOf(log: LogSource, partition: number, first: number): AsyncIterable<Epoch> {
  for (let from = first; ;) {
    const page = await log.readStored(partition, from, pageRecords);
    for (const stored of page) {
      if (stored.stream !== epochStream) continue;
      const { event } = decodeRecord(stored);
      if (event.type === 'EpochStarted') yield event.data;
    }
    if (page.length < pageRecords) return;
    from = (page.at(-1)?.position ?? from) + 1;
  }
}
