import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { MemoryLeases } from '../memory/leases.ts';
import { partitionsInWords } from '../partitions-in-words.ts';
import { possiblePartitions } from '../possible-partitions.ts';
import { recordFormat } from '../record-codec.ts';
import { checkOwn, type DataFolder, noLog, openDatabase } from './data-folder.ts';
import { GroupCommit } from './group-commit.ts';
import { LogPartition } from './log-partition.ts';
import { LogReader } from './log-reader.ts';
import { MappedFile } from './mapped-file.ts';
import { isHeld, type Ownership, takeOwnership } from './ownership.ts';
import { openMeta, openTables, type Table, type Tables } from './tables.ts';

const logKey = Buffer.from('log');
/** How soon what another process has written is noticed. */
const lookEveryMs = 200;

/** What whoever opens a folder wants of its log. */
export interface WantedLog {
  /** How many it must have, or a new one gets; undefined for any, and one. */
  readonly partitions: number | undefined;
  /** Whether a log that is not there is refused rather than made. */
  readonly existing: boolean;
}

/** An opened data folder. All stores of one process that are opened on it share this. */
export class Environment {
  readonly folder: DataFolder;
  readonly info: LogInfo;
  readonly tables: Tables;
  readonly reader: LogReader;
  readonly partitions: readonly LogPartition[];
  readonly commits: GroupCommit;
  /** Only of use to the owner, in whose process all of the folder's servers live. */
  readonly leases = new MemoryLeases(() => performance.now());
  readonly #file: MappedFile;
  readonly #listeners = new Set<() => void>();
  /** How far each subscriber of this process has come, by partition. */
  readonly #subscribers = new Set<ReadonlyMap<number, number>>();
  #ownership: Ownership | undefined;
  #owners = 0;
  #lastTurn: Promise<void> = Promise.resolve();
  #clock: NodeJS.Timeout | undefined;

  private constructor(folder: DataFolder, info: LogInfo, tables: Tables) {
    this.folder = folder;
    this.info = info;
    this.tables = tables;
    this.reader = new LogReader(tables);
    this.#file = new MappedFile(folder.path, tables, () => openDatabase(folder));
    // Of another process's leases nothing can be known here, so they count as held.
    const isLeased = (server: string): boolean => this.#owners === 0 || this.leases.isHeld(server);
    this.partitions = Array.from(
      { length: info.partitions },
      (_, partition) => new LogPartition(tables, partition, isLeased),
    );
    this.commits = new GroupCommit({
      run: (action) => tables.root.childTransaction(action),
      begin: () => this.partitions.forEach((partition) => partition.begin()),
      end: () => this.partitions.forEach((partition) => partition.end()),
      onDurable: () => this.#tell(),
    });
  }

  /**
   * Opens the folder's log, or makes one.
   *
   * @throws {StoreUnusable} for a log of a newer format or with another number of partitions, for
   *   what is no log, and for a log that should be there and is not
   */
  static async open(
    folder: DataFolder,
    { partitions, existing: mustExist }: WantedLog,
    now: () => number,
  ): Promise<Environment> {
    const root = openDatabase(folder);
    try {
      checkOwn(folder, root);
      const meta = openMeta(root);
      const existing = logInfo(meta);
      // Before anything else is touched: a newer format may keep other tables.
      if (existing !== undefined) checkInfo(folder, existing, partitions);
      else if (mustExist) throw noLog(folder.name);
      const tables = openTables(root, meta);
      const info = existing ?? (await makeLog(tables, partitions ?? 1, now));
      checkInfo(folder, info, partitions);
      return new Environment(folder, info, tables);
    } catch (error) {
      await root.close();
      throw error;
    }
  }

  /** @throws {StoreUnusable} when the log has another number of partitions than the one asked for */
  check(partitions: number | undefined): void {
    checkInfo(this.folder, this.info, partitions);
  }

  /** @throws {RangeError} for a partition that the log does not have */
  partition(number: number): LogPartition {
    const partition = this.partitions[number];
    if (partition === undefined) throw new RangeError(`the log has no partition ${number}`);
    return partition;
  }

  /** @throws {StoreUnusable} while another process owns the folder */
  own(): Promise<void> {
    return this.#inTurn(async () => {
      this.#ownership ??= await takeOwnership(this.folder, this.tables);
      this.#owners += 1;
    });
  }

  disown(): Promise<void> {
    return this.#inTurn(async () => {
      this.#owners -= 1;
      if (this.#owners > 0) return;
      await this.#ownership?.release();
      this.#ownership = undefined;
    });
  }

  get isOwned(): boolean {
    return this.#owners > 0;
  }

  /** Whether another process owns the folder; one that was killed counts until it is taken. */
  get isOwnedElsewhere(): boolean {
    return !this.isOwned && isHeld(this.tables);
  }

  /**
   * Told of what was read of a long log. Tools hold no more of it in memory than they need; a server
   * does not read its log from one end to the other.
   */
  hasGiven(records: readonly StoredRecord[]): void {
    const isRead = !this.isOwned && this.#listeners.size === 0 && this.commits.isIdle;
    if (isRead) this.#file.hasGiven(records);
  }

  /** The position that every subscriber of this process has come to. */
  reachedByAll(partition: number): number {
    const reached = [...this.#subscribers].map((positions) => positions.get(partition) ?? Infinity);
    return Math.min(...reached);
  }

  /** Nothing is trimmed that `positions` have not come to. Ends with the answer's call. */
  holdFor(positions: ReadonlyMap<number, number>): () => void {
    this.#subscribers.add(positions);
    return () => this.#subscribers.delete(positions);
  }

  /** `listener` is called when there may be new records, until the answer is called. */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#clock ??= setInterval(() => this.#tell(), lookEveryMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#clock);
      this.#clock = undefined;
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    await this.tables.root.close();
  }

  /** Taking and giving up the folder, one after the other. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.then(action);
    // Whoever asked is told of a failure; the next turn comes all the same.
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** @throws {StoreUnusable} when the log has an impossible number of partitions */
export function logInfo(meta: Table): LogInfo | undefined {
  const value = meta.getBinary(logKey);
  if (value === undefined) return undefined;
  const info = JSON.parse(value.toString()) as LogInfo;
  return { ...info, partitions: possiblePartitions(info.partitions, 'this data folder') };
}

function checkInfo({ name }: DataFolder, info: LogInfo, partitions: number | undefined): void {
  if (info.format > recordFormat) {
    throw new StoreUnusable(
      `The data folder ${name} was written by a newer version of this program ` +
        `(format ${info.format}, this one reads ${recordFormat}): upgrade it, or choose another ` +
        `folder with --data.`,
    );
  }
  if (partitions !== undefined && info.partitions !== partitions) {
    throw new StoreUnusable(
      `The log in the data folder ${name} has ${partitionsInWords(info.partitions)}, not ${partitions}, ` +
        `and that cannot be changed: choose another folder with --data.`,
    );
  }
}

/** Makes the log, unless another process has just done so. */
async function makeLog(tables: Tables, partitions: number, now: () => number): Promise<LogInfo> {
  let info: LogInfo = { format: recordFormat, partitions };
  await tables.root.childTransaction(() => {
    const existing = logInfo(tables.meta);
    if (existing !== undefined) {
      info = existing;
      return;
    }
    tables.meta.putSync(logKey, Buffer.from(JSON.stringify(info)));
    for (let partition = 0; partition < partitions; partition++) {
      const at = now();
      new LogPartition(tables, partition, () => true).create(
        randomUUID(),
        partitions,
        randomUUID(),
        at,
      );
    }
  });
  return info;
}
