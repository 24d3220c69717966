import { setImmediate as nextTurn } from 'node:timers/promises';

import {
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
import type { Placement, StoredRecord } from '../../core/log-source.ts';
import type { SnapshotStore } from '../../core/snapshot-store.ts';
import type { Stores } from '../../core/stores.ts';
import { partitionOf } from '../../core/stream.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import { HandedOut } from '../handed-out.ts';
import { LmdbCredentials } from './credentials.ts';
import { existingFolder, openFolder } from './data-folder.ts';
import type { Environment } from './environment.ts';
import { LmdbKeys } from './kept-keys.ts';
import { LmdbLeases } from './leases.ts';
import type { LogReader } from './log-reader.ts';
import { giveBack, share } from './shared-environments.ts';
import { LmdbSnapshots } from './snapshots.ts';
import { LmdbSubscription } from './subscription.ts';
import { trimLog } from './trimming.ts';
import { LmdbWriter } from './writer.ts';

export interface LmdbOptions {
  /** The data folder; made if it is missing. Messages name it as it is given here. */
  readonly dir: string;
  /** Of a new log, 1 unless given; of one that exists, refused if it has another number. */
  readonly partitions?: number;
  /** Hold the folder against other processes that want to own it: for servers, not for tools. */
  readonly own?: boolean;
  /** Refuse a folder without a log, rather than make one. */
  readonly existing?: boolean;
  /** Milliseconds since 1970; the system's clock unless given. */
  readonly now?: () => number;
}

/** So many records are read in one turn of the event loop. */
const readAtOnce = 1_024;

/**
 * The three ports on a folder of this machine's disk. What is answered is on disk. Several can be
 * opened on one folder, by this process and by others; one process at a time can own it.
 *
 * @throws {StoreUnusable} when the folder cannot be used, is owned by another process, or holds a
 *   log of a newer format: one plain sentence with the way out
 */
export async function openLmdb(options: LmdbOptions): Promise<Stores> {
  const { dir, partitions, own, now, existing = false } = options;
  const clock = now ?? Date.now;
  const folder = existing ? existingFolder(dir) : openFolder(dir);
  const environment = await share(folder, { partitions, existing }, clock);
  try {
    if (own === true) await environment.own();
  } catch (error) {
    await giveBack(environment);
    throw error;
  }
  const events = new LmdbEventStore(environment, clock);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await events.close();
    if (own === true) await environment.disown();
    await giveBack(environment);
  };
  return {
    events,
    credentials: new LmdbCredentials(environment, () => closed !== undefined),
    keys: new LmdbKeys(environment, () => closed !== undefined),
    leases: new LmdbLeases(environment),
    warnings: [],
    // What was overwritten is in pages that are free, until they are used again.
    rewrite: async () => [],
    close: () => (closed ??= close()),
  };
}

class LmdbEventStore implements EventStore {
  readonly info: LogInfo;
  readonly snapshots: SnapshotStore;
  readonly #environment: Environment;
  readonly #now: () => number;
  readonly #handedOut = new HandedOut();
  #isClosed = false;

  constructor(environment: Environment, now: () => number) {
    this.#environment = environment;
    this.#now = now;
    this.info = environment.info;
    this.snapshots = new LmdbSnapshots(environment, () => this.#isClosed);
  }

  writer(server: string, incarnation: number): Writer {
    const writer = new LmdbWriter(this.#environment, server, incarnation, this.#now);
    return this.#handedOut.writer(writer);
  }

  async readStream(query: StreamQuery): Promise<readonly Recorded[]> {
    const { stream, direction, limit } = query;
    const partition = query.partition ?? partitionOf(stream, this.info.partitions);
    const step = direction === 'backwards' ? -1 : 1;
    const place = (last: Recorded): number =>
      step + (last.stream === stream ? last.revision : (last.link?.revision ?? 0));
    return pagewise(limit, query.from, place, (from, pageLimit) => {
      const page = from === undefined ? query : { ...query, from };
      return this.#reader(partition).stream(partition, { ...page, limit: pageLimit });
    });
  }

  async readAll(partition: number, from: number, limit: number): Promise<readonly Recorded[]> {
    return pagewise(limit, from, behind, (next, pageLimit) =>
      this.#reader(partition).records(partition, next ?? from, pageLimit),
    );
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    // Whoever reads a long log asks so for page after page, and is to hear of a signal meanwhile.
    await nextTurn();
    return pagewise(limit, from, behind, (next, pageLimit) => {
      const records = this.#reader(partition).stored(partition, next ?? from, pageLimit);
      this.#environment.hasGiven(records);
      return records;
    });
  }

  async head(partition: number): Promise<LogHead> {
    return this.#reader(partition).head(partition);
  }

  async trim(partition: number, before: number, epoch: string): Promise<TrimOutcome> {
    this.#reader(partition);
    return trimLog(this.#environment, { partition, before, epoch });
  }

  subscribe(_group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription {
    const subscription = new LmdbSubscription(this.#environment, after, subscriber);
    return this.#handedOut.subscription(subscription);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#handedOut.close();
  }

  #reader(partition: number): LogReader {
    if (this.#isClosed) throw new StoreUnreachable('The store was closed.');
    // Refuses a partition that is not there.
    this.#environment.partition(partition);
    return this.#environment.reader;
  }
}

const behind = ({ position }: Placement): number => position + 1;

/** Reads in pages, so that a long read holds nobody up. `next` is where the page after goes on. */
async function pagewise<R extends Placement>(
  limit: number,
  from: number | undefined,
  next: (last: R) => number,
  read: (from: number | undefined, limit: number) => readonly R[],
): Promise<readonly R[]> {
  const first = read(from, Math.min(limit, readAtOnce));
  if (first.length < readAtOnce || limit <= readAtOnce) return first;
  const records = [...first];
  for (;;) {
    const last = records.at(-1);
    const left = Math.min(limit - records.length, readAtOnce);
    if (last === undefined || left === 0) return records;
    await nextTurn();
    const page = read(next(last), left);
    records.push(...page);
    if (page.length < left) return records;
  }
}
