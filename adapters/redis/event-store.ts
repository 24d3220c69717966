import type {
  Cursor,
  EventStore,
  LogHead,
  LogInfo,
  Recorded,
  StreamQuery,
  Subscriber,
  Subscription,
  Writer,
} from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import type { SnapshotStore } from '../../core/snapshot-store.ts';
import type { LinkNews, ReplicationState, Stores } from '../../core/stores.ts';
import { partitionOf } from '../../core/stream.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import { HandedOut } from '../handed-out.ts';
import { type AddressOptions, parseAddress } from './address.ts';
import { Connection } from './connection.ts';
import { RedisCredentials } from './credentials.ts';
import { firstLink } from './first-link.ts';
import { firstConnection, withWayOutOnceThere } from './first-connection.ts';
import { EndedGroups } from './groups.ts';
import { Fitness } from './fitness.ts';
import { guard } from './guards.ts';
import { pingWithinMs } from './heartbeat.ts';
import { KnownLog } from './known-log.ts';
import { RedisKeys } from './kept-keys.ts';
import { RedisLeases } from './leases.ts';
import { Link, type LinkOptions } from './link.ts';
import { mustHaveLog, readLogInfo } from './log-info.ts';
import { readStored } from './log-reader.ts';
import { inspectLog } from './log-state.ts';
import { readRecords } from './record-pages.ts';
import { Replication, replicasWithinMs } from './replication.ts';
import { overwrittenLeft, rewriteFiles } from './rewriting.ts';
import { loadScripts } from './scripts.ts';
import { RedisSnapshots } from './snapshots.ts';
import { readStream } from './stream-index.ts';
import { RedisSubscription } from './subscription.ts';
import { trimLog } from './trimming.ts';
import { RedisWriter } from './writer.ts';

export interface RedisStoreOptions extends AddressOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// for TLS. */
  readonly url: string;
  /** How many partitions a new log gets, 1 unless given; one that exists must have as many. */
  readonly partitions?: number;
  /** Refuse a Redis without a log, rather than make one. */
  readonly existing?: boolean;
  /** Use a Redis that keeps no append-only file. */
  readonly acceptLoss?: boolean;
  /** So many replicas must have what is acknowledged; 0 unless given. */
  readonly replicas?: number;
  /** Told when the link to Redis goes down, and when it is back. */
  readonly onLink?: (news: LinkNews) => void;
}

/**
 * Opens the log in a Redis, and makes it if there is none.
 *
 * @throws {StoreUnreachable} when no Redis answers there
 * @throws {StoreUnusable} when the Redis, or the log in it, is not one for this program
 */
export async function openRedis(options: RedisStoreOptions): Promise<Stores> {
  const address = parseAddress(options.url, options);
  const { onLink: onNews } = options;
  const onWait = (words: string): void => onNews?.({ status: 'waiting', words });
  const connection = await firstConnection(address, onWait);
  try {
    const fitness = new Fitness({ address, acceptLoss: options.acceptLoss ?? false });
    const { replicas = 0 } = options;
    const warnings = await guard(connection, fitness, replicas);
    if (options.existing === true) await mustHaveLog(connection, address);
    const info = await readLogInfo(connection, options.partitions);
    const logs = Array.from({ length: info.partitions }, (_, number) =>
      replicas === 0
        ? new KnownLog(number, info.partitions)
        : new KnownLog(number, info.partitions, new Replication(replicas)),
    );
    const dial = async (): Promise<Connection> => Connection.open(address);
    const prepare = async (fresh: Connection): Promise<void> => {
      // Before anything is written to it: one that came back empty would be given a new log.
      const news = await fitness.checkReturned(fresh);
      for (const words of news) onNews?.({ status: 'warning', words });
      await loadScripts(fresh);
      await readLogInfo(fresh, info.partitions);
      await Promise.all(logs.map((known) => known.check(fresh)));
    };
    const look = (used: Connection): Promise<void> => fitness.checkAgain(used);
    const link = await firstLink({ dial, prepare, look, ...(onNews && { onNews }) });
    const ownLinks = replicas === 0 ? [] : await openLinks(logs, link, { dial, prepare, look });
    const events = new RedisEventStore(info, logs, { link, ownLinks }, dial);
    const credentials = new RedisCredentials(link, info.partitions);
    const leases = new RedisLeases(link, info.partitions);
    const keys = new RedisKeys(link, info.partitions);
    const [unfit, close] = [() => link.unfit, () => events.close()];
    const rewriting = { overwrittenLeft, rewrite: () => rewriteFiles(link) };
    const confirmation = replicas > 0 && { replication: () => stateOf(logs, replicas) };
    const rest = { unfit, close, ...rewriting, ...confirmation };
    return { events, credentials, keys, leases, warnings, ...rest };
  } catch (error) {
    throw withWayOutOnceThere(error, address);
  } finally {
    connection.drop('it was only the first');
  }
}

/**
 * Writers that wait for replicas keep their connection waiting, and so get one each. Opened one
 * after another: all at once they would share the time that each has to open.
 */
async function openLinks(
  logs: readonly KnownLog[],
  first: Link,
  { dial, prepare, look }: LinkOptions,
): Promise<readonly Link[]> {
  const withinMs = replicasWithinMs + pingWithinMs;
  const options = { dial, prepare, withinMs, ...(look && { look }) };
  const links: Link[] = [];
  try {
    for (const _ of logs) links.push(await Link.open(options));
  } catch (error) {
    await Promise.all([first, ...links].map((link) => link.close()));
    throw error;
  }
  return links;
}

/** A log that nothing was appended to yet says nothing. */
function stateOf(logs: readonly KnownLog[], wanted: number): ReplicationState {
  const confirmed = logs.flatMap(({ replication }) => replication?.confirmed ?? []);
  return { wanted, confirmed: Math.min(wanted, ...confirmed) };
}

class RedisEventStore implements EventStore {
  readonly info: LogInfo;
  readonly snapshots: SnapshotStore;
  readonly #logs: readonly KnownLog[];
  readonly #link: Link;
  readonly #ownLinks: readonly Link[];
  readonly #dial: () => Promise<Connection>;
  readonly #endedGroups: EndedGroups;
  readonly #handedOut = new HandedOut();
  #closed: Promise<void> | undefined;

  constructor(
    info: LogInfo,
    logs: readonly KnownLog[],
    { link, ownLinks }: { readonly link: Link; readonly ownLinks: readonly Link[] },
    dial: () => Promise<Connection>,
  ) {
    this.info = info;
    this.#logs = logs;
    this.#link = link;
    this.snapshots = new RedisSnapshots(link);
    this.#ownLinks = ownLinks;
    this.#dial = dial;
    this.#endedGroups = new EndedGroups(link);
  }

  writer(server: string, incarnation: number): Writer {
    return this.#handedOut.writer(
      new RedisWriter({
        link: this.#link,
        ownLinks: this.#ownLinks,
        logs: this.#logs,
        partitions: this.info.partitions,
        server,
        incarnation,
        onAppended: ({ ends }, partition) => {
          // One that ends itself still reads, and leaves no group behind.
          const isOwn = ends?.server === server && ends.incarnation === incarnation;
          if (ends && !isOwn) this.#endedGroups.add({ ...ends, partition });
        },
      }),
    );
  }

  async readStream(query: StreamQuery): Promise<readonly Recorded[]> {
    const { stream, from, direction = 'forwards', limit } = query;
    const known = this.#log(query.partition ?? partitionOf(stream, this.info.partitions));
    const wanted = { stream, direction, limit, ...(from === undefined ? {} : { from }) };
    return this.#link.run((connection) => readStream(connection, known, wanted));
  }

  async readAll(partition: number, from: number, limit: number): Promise<readonly Recorded[]> {
    const known = this.#log(partition);
    for (;;) {
      const records = await readRecords(this.#link, known, Math.max(from, 1), limit);
      if (records !== undefined) return records;
    }
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const { keys } = this.#log(partition);
    return this.#link.run((connection) => readStored(connection, keys, from, limit));
  }

  async head(partition: number): Promise<LogHead> {
    const known = this.#log(partition);
    return this.#link.run(async (connection) => {
      let state = await inspectLog(connection, known.keys, 0);
      if (!state.areHeadsWhole) {
        await known.check(connection);
        state = await inspectLog(connection, known.keys, 0);
      }
      return { position: state.last, first: state.first, epoch: state.epoch };
    });
  }

  trim(partition: number, before: number, epoch: string): Promise<TrimOutcome> {
    return trimLog(this.#link, this.#log(partition), before, epoch);
  }

  subscribe(group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription {
    const surroundings = { link: this.#link, dial: this.#dial, logs: this.#logs };
    const options = { ...surroundings, group, after, subscriber };
    return this.#handedOut.subscription(new RedisSubscription(options));
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#handedOut.close();
    await Promise.all([this.#link, ...this.#ownLinks].map((link) => link.close()));
  }

  #log(partition: number): KnownLog {
    const known = this.#logs[partition];
    if (known === undefined) throw new RangeError(`the log has no partition ${partition}`);
    return known;
  }
}
