import {
  type Cursor,
  type Recorded,
  type Rollback,
  StoreUnreachable,
  StoreUnusable,
  type Subscriber,
} from '../../core/event-store.ts';
import { Backoff } from './backoff.ts';
import type { Argument, Connection } from './connection.ts';
import { entriesOf, type Entry, recordOf } from './entry.ts';
import { createGroup, destroyGroup, newGroupName } from './groups.ts';
import type { KnownLog } from './known-log.ts';
import type { Link } from './link.ts';
import { pageEntriesMax, readPage } from './log-reader.ts';
import { isOfStore, isPassing, isWriteRefused } from './refusal.ts';
import { listOf, type Reply } from './reply.ts';

/** A read waits so long for a record. Then the log is looked at by range, for nothing is sure. */
const blockMs = 2_000;
/** An answer that is so late does not come any more. */
const answerWithinMs = blockMs + 2_000;
/** Even without a record there is an answer by then; a reader that has none may be dead. */
const silenceMsMax = blockMs + 500;
/** How long the link to Redis may take to come back before the next attempt. */
const linkWithinMs = 5_000;
/** Without a group (Redis takes no writes) it is tried so often to have one. */
const groupRetryMs = 5_000;
/** A program that ends must not wait for a Redis that does not answer. */
const closeWithinMs = 1_000;

export interface ReaderOptions {
  readonly link: Link;
  readonly dial: () => Promise<Connection>;
  readonly known: KnownLog;
  readonly group: string;
  readonly cursor: Cursor;
  readonly subscriber: Subscriber;
}

/**
 * Follows one partition's log over a connection of its own. The cursor here is the truth; the
 * consumer group shows others how far this server is, and keeps trimming behind it. With each
 * connection it is another group, made at the cursor: a connection that is only half dead reads
 * from the old one, which is destroyed, and so takes nothing away.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #ending = new AbortController();
  readonly #backoff = new Backoff();
  readonly #running: Promise<void>;
  readonly #groups = new Set<string>();
  #cursor: Cursor;
  #connection: Connection | undefined;
  #isFollowing = false;
  #heardAt = 0;
  /** Where the log had a hole at the last attempt. */
  #hole = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    const unlisten = options.known.onRollback((rollback) => this.#heed(rollback));
    this.#running = this.#run().finally(unlisten);
  }

  /** Whether it follows the log, and Redis has answered not long ago. */
  get isReading(): boolean {
    return this.#isFollowing && performance.now() - this.#heardAt <= silenceMsMax;
  }

  async close(): Promise<void> {
    this.#end();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeWithinMs)));
    await Promise.race([this.#running, tooLate]);
    clearTimeout(timer);
  }

  /** Reads over a new connection, since the one in use may be as dead as another proved to be. */
  renew(): void {
    if (this.#isFollowing) this.#connection?.drop('another connection to Redis was lost');
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#followAnew();
      } catch (error) {
        this.#heedError(error);
      } finally {
        this.#isFollowing = false;
        this.#connection?.drop('it is not needed any more');
        this.#connection = undefined;
      }
      await this.#backoff.pause(signal);
    }
    await this.#destroyGroups();
  }

  async #followAnew(): Promise<void> {
    const { link, dial, known } = this.#options;
    const connection = await dial();
    this.#connection = connection;
    // After the dial: what the link finds out is true of this connection's Redis too.
    const control = await link.ready(linkWithinMs);
    await known.check(control);
    const { generation } = known;
    const rollback = await known.rollbackOf(control, this.#cursor);
    if (rollback !== undefined) return this.#tellRollback(rollback);
    if (this.#cursor.id !== undefined) known.note(this.#cursor.position, this.#cursor.id);
    const group = await this.#newGroup(control);
    const endsAt = group === undefined ? performance.now() + groupRetryMs : Infinity;
    this.#isFollowing = true;
    this.#heardAt = performance.now();
    while (!this.#ending.signal.aborted && performance.now() < endsAt) {
      const entries = await this.#read(connection, group);
      this.#heardAt = performance.now();
      if (generation !== known.generation) return;
      await this.#accept(connection, entries);
      this.#backoff.reset();
    }
  }

  /** Undefined when Redis takes no writes. */
  async #newGroup(control: Connection): Promise<string | undefined> {
    const { known, group } = this.#options;
    const name = newGroupName(group);
    try {
      for (const old of this.#groups) {
        await destroyGroup(control, known.keys, old);
        this.#groups.delete(old);
      }
      if (this.#ending.signal.aborted) return undefined;
      this.#groups.add(name);
      await createGroup(control, known.keys, name, this.#cursor.position);
      return name;
    } catch (error) {
      if (!isWriteRefused(error)) throw error;
      return undefined;
    }
  }

  async #read(connection: Connection, group: string | undefined): Promise<readonly Entry[]> {
    const { log } = this.#options.known.keys;
    const limits = ['COUNT', pageEntriesMax, 'BLOCK', blockMs] as const;
    const source = ['STREAMS', log] as const;
    const read: readonly [string, ...Argument[]] =
      group === undefined
        ? ['XREAD', ...limits, ...source, `${this.#cursor.position}-0`]
        : ['XREADGROUP', 'GROUP', group, 'c', ...limits, 'NOACK', ...source, '>'];
    return entriesOfRead(await connection.callWithin(answerWithinMs, ...read));
  }

  /** Hands on what continues at the cursor; and first, where that is missing, what is there. */
  async #accept(connection: Connection, entries: readonly Entry[]): Promise<void> {
    const { known } = this.#options;
    const { generation } = known;
    const isNext = entries.length > 0 && denseLength(entries, this.#cursor) === entries.length;
    if (isNext) return this.#give(entries);
    for (let isMore = true; isMore;) {
      const page = await readPage(connection, known.keys, this.#cursor.position + 1);
      // Of a log that was set back meanwhile, the page may be what is no longer there.
      if (generation !== known.generation) return;
      const length = denseLength(page, this.#cursor);
      await this.#give(page.slice(0, length));
      if (length < page.length) throw this.#holeInLog();
      isMore = page.length === pageEntriesMax;
    }
  }

  async #give(entries: readonly Entry[]): Promise<void> {
    const { known, subscriber } = this.#options;
    if (this.#ending.signal.aborted || entries.length === 0) return;
    const { partition, generation, replication } = known;
    const batch: readonly Recorded[] = entries.map((entry) => recordOf(partition, entry));
    if (replication !== undefined) {
      await replication.answered(batch.map(({ id }) => id));
      // The log may have been set back meanwhile, and be without these.
      if (this.#ending.signal.aborted || generation !== known.generation) return;
    }
    for (const { position, id } of batch) known.note(position, id);
    const last = batch.at(-1);
    if (last !== undefined) this.#cursor = { partition, position: last.position, id: last.id };
    await subscriber.onBatch(batch);
  }

  #heed(rollback: Rollback): void {
    if (rollback.from <= this.#cursor.position) this.#tellRollback(rollback);
  }

  #tellRollback(rollback: Rollback): void {
    if (this.#ending.signal.aborted) return;
    this.#end();
    this.#options.subscriber.onRollback(rollback);
  }

  /** Once it may be a rollback, which the next check finds; twice the log itself is damaged. */
  #holeInLog(): Error {
    const position = this.#cursor.position + 1;
    const where = `The log of partition ${this.#options.known.partition} lacks position ${position}.`;
    if (this.#hole === position) return new StoreUnusable(where);
    this.#hole = position;
    return new StoreUnreachable(where);
  }

  #heedError(error: unknown): void {
    if (isPassing(error) || this.#ending.signal.aborted) return;
    this.#end();
    this.#options.subscriber.onFailure(error instanceof Error ? error : new Error(String(error)));
  }

  /** What cannot be destroyed now is destroyed when the server's incarnation ends. */
  async #destroyGroups(): Promise<void> {
    const { link, known } = this.#options;
    if (this.#groups.size === 0 || link.downMs > 0) return;
    try {
      const control = await link.ready(closeWithinMs);
      for (const group of this.#groups) await destroyGroup(control, known.keys, group);
    } catch (error) {
      if (!isOfStore(error)) throw error;
    }
  }

  #end(): void {
    this.#ending.abort();
    this.#connection?.drop('the subscription has ended');
  }
}

/** A read's answer is nil, or a list of one stream's name and entries. */
function entriesOfRead(reply: Reply): readonly Entry[] {
  const [stream] = reply === null ? [] : listOf(reply);
  const [, entries] = stream === undefined ? [] : listOf(stream);
  return entries === undefined ? [] : entriesOf(entries);
}

/** How many of the entries follow the cursor without a hole. */
function denseLength(entries: readonly Entry[], { position }: Cursor): number {
  const hole = entries.findIndex((entry, index) => entry.position !== position + 1 + index);
  return hole === -1 ? entries.length : hole;
}
