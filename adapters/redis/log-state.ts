import { epochStream } from '../../core/stream.ts';
import type { Connection } from './connection.ts';
import { type Entry, entryOf, recordOf } from './entry.ts';
import { type PartitionKeys, streamKey } from './keys.ts';
import { listOf, numberOf, optional, textOf } from './reply.ts';
import { runScript, scripts } from './scripts.ts';

/** How a partition's log and its heads stood to one another at one moment. */
export interface LogState {
  /** The position of the last record; 0 when there is no log. */
  readonly last: number;
  /** The position of the first record that was not trimmed. */
  readonly first: number;
  /** Whether the heads say of the log what it is. */
  readonly areHeadsWhole: boolean;
  /** The epoch by the heads. */
  readonly epoch: string;
  /** Where the log says that its last epoch started, and with what. */
  readonly epochStarted: { readonly position: number; readonly previous: string | undefined };
  /** The id of the record at the position asked for. */
  readonly idAtKnown: string | undefined;
}

/** @param known a position whose record's id is wanted; 0 for none */
export async function inspectLog(
  connection: Connection,
  { partition, log, heads, trimmed }: PartitionKeys,
  known: number,
): Promise<LogState> {
  const keys = [log, heads, streamKey(partition, epochStream), trimmed];
  const reply = listOf(await runScript(connection, scripts.inspectLog, keys, [known]));
  const [, , position, at, epoch, missing, atKnown, lastEpoch, first] = reply;
  const [last, length] = [numberOf(reply[0]), numberOf(reply[1])];
  const started = optional(lastEpoch, entryOf);
  const isConsistent =
    optional(position, numberOf) === last && length + (optional(missing, numberOf) ?? 0) === last;
  const record = optional(atKnown, entryOf);
  return {
    last,
    first: optional(first, numberOf) ?? 1,
    areHeadsWhole: isConsistent && at !== null && epoch !== null,
    epoch: optional(epoch, textOf) ?? '',
    epochStarted: { position: started?.position ?? 0, previous: previousOf(partition, started) },
    idAtKnown: record && recordOf(partition, record).id,
  };
}

function previousOf(partition: number, entry: Entry | undefined): string | undefined {
  if (entry === undefined) return undefined;
  const { event } = recordOf(partition, entry);
  return event.type === 'EpochStarted' ? event.data.previous : undefined;
}
