import type { EpochStarted } from '../core/epoch.ts';
import type { EventStore, Rollback } from '../core/event-store.ts';
import { epochStream } from '../core/stream.ts';
import type { ChatView } from '../core/views/chat.ts';
import type { FoldedLog } from './folded-log.ts';
import { recordsBackwards } from './stream-records.ts';

/** What became of a partition's log that was set back, as of the view that was folded since. */
export interface SetBack {
  readonly partition: number;
  readonly epoch: string;
  /** The first position whose record is lost. */
  readonly from: number;
  /** By stream, the first revision since; a stream without one goes on from where it was left. */
  readonly begun: ReadonlyMap<string, number>;
}

const pageSize = 2_000;

/**
 * All that was set back between two views. The store tells of one partition; with a store that was
 * lost the others went too, and nobody is told of them once the log is folded anew.
 * @throws {StoreUnreachable}
 */
export async function setBackSince(
  events: EventStore,
  { epochs: before }: ChatView,
  after: FoldedLog,
  told: Rollback,
): Promise<readonly SetBack[]> {
  const setBack: SetBack[] = [];
  for (const [partition, epoch] of after.view.epochs) {
    const known = before.get(partition);
    if (known === epoch && partition !== told.partition) continue;
    let from = partition === told.partition ? told.from : Infinity;
    for await (const { event } of recordsBackwards(events, { stream: epochStream, partition })) {
      const { data } = event as EpochStarted;
      if (data.epoch === known) break;
      from = Math.min(from, data.from);
    }
    const through = after.cursors[partition]?.position ?? 0;
    const begun = await begunSince(events, { partition, from, through });
    setBack.push({ partition, epoch, from, begun });
  }
  return setBack;
}

async function begunSince(
  events: EventStore,
  { partition, from, through }: { partition: number; from: number; through: number },
): Promise<ReadonlyMap<string, number>> {
  const begun = new Map<string, number>();
  for (let next = from; next <= through;) {
    const limit = Math.min(pageSize, through - next + 1);
    const page = await events.readStored(partition, next, limit);
    for (const { stream, revision } of page) if (!begun.has(stream)) begun.set(stream, revision);
    if (page.length < limit) break;
    next += page.length;
  }
  return begun;
}
