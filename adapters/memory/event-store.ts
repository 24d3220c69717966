import {
  type AppendOutcome,
  type Commit,
  type Cursor,
  type EventStore,
  type LogHead,
  type LogInfo,
  type Recorded,
  StoreUnreachable,
  type StreamQuery,
  type Subscriber,
  type Subscription,
  type Writer,
} from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import type { SnapshotStore } from '../../core/snapshot-store.ts';
import type { Stores } from '../../core/stores.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import { partitionOf } from '../../core/stream.ts';
import { partitionOfCommit, type WriterIdentity } from '../commit-rules.ts';
import { HandedOut } from '../handed-out.ts';
import { recordFormat } from '../record-codec.ts';
import { MemoryLog, type MemoryLogOptions } from './log.ts';
import type { MemorySnapshots } from './snapshots.ts';
import { MemorySubscription } from './subscription.ts';

/** Another store on the log given, as another process would open it, or one on a new log. */
export type MemoryOptions = MemoryLogOptions | { readonly log: MemoryLog };

/**
 * The three ports in this process's memory: for unit tests and simulations. It has no timers and
 * asks no clock but the one given; an append is carried out within its call.
 */
export function openMemory(options: MemoryOptions = {}): Stores & { readonly log: MemoryLog } {
  const log = 'log' in options ? options.log : new MemoryLog(options);
  const events = new MemoryEventStore(log);
  const { credentials, keys, leases } = log;
  return {
    log,
    events,
    credentials,
    keys,
    leases,
    warnings: [],
    rewrite: async () => [],
    close: () => events.close(),
  };
}

class MemoryEventStore implements EventStore {
  readonly info: LogInfo;
  readonly #log: MemoryLog;
  readonly #handedOut = new HandedOut();
  #isClosed = false;

  constructor(log: MemoryLog) {
    this.#log = log;
    this.info = { format: recordFormat, partitions: log.partitions.length };
  }

  writer(server: string, incarnation: number): Writer {
    return this.#handedOut.writer(new MemoryWriter(this.#log, server, incarnation));
  }

  async readStream(query: StreamQuery): Promise<readonly Recorded[]> {
    const partition = query.partition ?? partitionOf(query.stream, this.info.partitions);
    return this.#partition(partition).readStream(query);
  }

  async readAll(partition: number, from: number, limit: number): Promise<readonly Recorded[]> {
    return this.#partition(partition).read(from, limit);
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    return this.#partition(partition).readStored(from, limit);
  }

  async head(partition: number): Promise<LogHead> {
    const { head, first, epoch } = this.#partition(partition);
    return { position: head, first, epoch };
  }

  get snapshots(): SnapshotStore {
    const of = (partition: number): MemorySnapshots => this.#partition(partition).snapshots;
    return {
      get: async (partition, names) => of(partition).get(names),
      keptThrough: async (partition) => of(partition).through,
      keep: async (partition, run, snapshots) => of(partition).keep(run, snapshots),
      names: (partition, prefix) => of(partition).names(prefix),
    };
  }

  async trim(partition: number, before: number, epoch: string): Promise<TrimOutcome> {
    this.#partition(partition);
    return this.#log.trim(partition, before, epoch);
  }

  subscribe(_group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription {
    const subscription = new MemorySubscription(this.#log, after, subscriber);
    return this.#handedOut.subscription(subscription);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#handedOut.close();
  }

  #partition(number: number): ReturnType<MemoryLog['partition']> {
    if (this.#isClosed) throw new StoreUnreachable('The store was closed.');
    return this.#log.partition(number);
  }
}

class MemoryWriter implements Writer {
  readonly #log: MemoryLog;
  readonly #identity: Omit<WriterIdentity, 'hasWritten'>;
  readonly #writtenTo = new Set<number>();
  #isClosed = false;

  constructor(log: MemoryLog, server: string, incarnation: number) {
    this.#log = log;
    this.#identity = { server, incarnation, token: log.newToken() };
  }

  async append(commit: Commit): Promise<AppendOutcome> {
    if (this.#isClosed) return { status: 'unavailable', reason: 'closed' };
    const number = partitionOfCommit(commit, this.#log.partitions.length);
    const identity = { ...this.#identity, hasWritten: this.#writtenTo.has(number) };
    const outcome = this.#log.partition(number).append(commit, identity);
    if (outcome.status === 'appended') {
      this.#writtenTo.add(number);
      this.#log.tellAppended();
    }
    return outcome;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
