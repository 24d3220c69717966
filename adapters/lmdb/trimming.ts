import type { TrimOutcome } from '../../core/trimming.ts';
import type { Environment } from './environment.ts';
import { headKey, logKey, numberedKey, numberValue } from './keys.ts';
import { readFirst, readHead, readTrimmed } from './log-reader.ts';
import { keptThrough } from './snapshots.ts';
import { readStoredRecord } from './stored-record.ts';
import type { Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';

/** So many go in one write transaction: some 10 ms, in which nobody else writes. */
const trimmedAtOnce = 1_000;

/** What a `trim` is asked for. */
interface Wanted {
  readonly partition: number;
  readonly before: number;
  readonly epoch: string;
}

/**
 * Trims a partition's log, some records in each transaction. A folder that another process owns
 * has subscribers of whom nothing is known here, so it is left alone.
 * @throws {StoreUnreachable}
 */
export async function trimLog(environment: Environment, wanted: Wanted): Promise<TrimOutcome> {
  for (;;) {
    const outcome = await inTransaction(environment, () => trimSome(environment, wanted));
    if (outcome !== 'more') return outcome;
  }
}

function trimSome(environment: Environment, wanted: Wanted): TrimOutcome | 'more' {
  const { tables } = environment;
  const { partition, before, epoch } = wanted;
  const head = readHead(tables, partition);
  const first = readFirst(tables, partition);
  const target = Math.min(before, head.position);
  if (target <= first) return { status: 'trimmed', first };
  if (epoch !== head.epoch || keptThrough(tables, partition) < target - 1)
    return { status: 'uncovered' };
  if (environment.isOwnedElsewhere) return { status: 'held', by: 'the server that runs' };
  if (environment.reachedByAll(partition) < target - 1)
    return { status: 'held', by: 'a server of this process' };
  const next = Math.min(target, first + trimmedAtOnce);
  remove(tables, partition, { from: first, before: next });
  return next < target ? 'more' : { status: 'trimmed', first: next };
}

function remove(
  tables: Tables,
  partition: number,
  { from, before }: { readonly from: number; readonly before: number },
): void {
  const { log, streams, trimmed } = tables;
  const reached = new Map<string, number>();
  for (let position = from; position < before; position++) {
    const key = logKey(partition, position);
    const bytes = log.getBinary(key);
    if (bytes === undefined) continue;
    const { stream, revision, link } = readStoredRecord(partition, position, bytes);
    for (const place of [{ stream, revision }, ...(link ? [link] : [])]) {
      streams.removeSync(numberedKey(partition, place.stream, place.revision));
      reached.set(place.stream, place.revision);
    }
    log.removeSync(key);
  }
  for (const [stream, revision] of reached)
    trimmed.putSync(
      headKey(partition, stream),
      numberValue(Math.max(revision, readTrimmed(tables, partition, stream))),
    );
  trimmed.putSync(headKey(partition), numberValue(before));
}
