import type {
  AppendOutcome,
  Commit,
  Cursor,
  EventStore,
  LogHead,
  LogInfo,
  Recorded,
  StreamQuery,
  Subscriber,
  Subscription,
  UnavailableReason,
  Writer,
} from '../../core/event-store.ts';
import { StoreUnreachable } from '../../core/event-store.ts';
import type { EventType } from '../../core/event.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import type { SnapshotStore } from '../../core/snapshot-store.ts';
import type { Stores } from '../../core/stores.ts';
import type { TrimOutcome } from '../../core/trimming.ts';

/** What happens to an append instead of what was asked for; `append` does that. */
export type AppendFault = (append: () => Promise<AppendOutcome>) => Promise<AppendOutcome>;

const refusing =
  (reason: UnavailableReason): AppendFault =>
  async () => ({ status: 'unavailable', reason });
/** The store is out of reach. */
export const unavailable = refusing('disconnected');
export const full = refusing('full');
export const readOnly = refusing('readOnly');
export const busy = refusing('busy');
/** Handed over, lost on the way, never answered. */
export const lost: AppendFault = async () => ({ status: 'unknown' });
/** Written, but the answer is lost. */
export const unheard: AppendFault = async (append) => {
  await append();
  return { status: 'unknown' };
};
/** Answered as unknown; written when `opened` resolves. What comes after it waits for that. */
export const late =
  (opened: Promise<void>): AppendFault =>
  async (append) => {
    void opened.then(append);
    return { status: 'unknown' };
  };
/** Written, and answered, when `opened` resolves. */
export const held =
  (opened: Promise<void>): AppendFault =>
  async (append) => {
    await opened;
    return append();
  };
export const fenced: AppendFault = async () => ({ status: 'fenced' });

const neverWritten: ReadonlySet<AppendFault> = new Set([
  unavailable,
  full,
  readOnly,
  busy,
  lost,
  fenced,
]);

interface ArrangedFault {
  readonly applies: (commit: Commit) => boolean;
  readonly fault: AppendFault;
  left: number;
}

/** A store whose faults a test arranges; without any it is the store that it was given. */
export class FaultyStores implements Stores, EventStore {
  readonly events: EventStore = this;
  readonly credentials: Stores['credentials'];
  readonly keys: Stores['keys'];
  readonly textKeys?: NonNullable<Stores['textKeys']>;
  readonly openTexts?: NonNullable<Stores['openTexts']>;
  readonly rewrite: Stores['rewrite'];
  readonly leases: Stores['leases'];
  readonly warnings: readonly string[] = [];
  /** Whether its subscriptions say that they read. */
  isReading = true;
  /** How many commits were asked for. */
  appends = 0;
  /** How often records of a partition were asked for. */
  readsOfAll = 0;
  readonly #inner: Stores;
  readonly #recordsRead = new Map<string, number>();
  #faults: ArrangedFault[] = [];
  #beforeRead: (query: StreamQuery) => Promise<void> | void = () => {};
  #beforeHead: () => Promise<void> | void = () => {};
  #withheld: (() => void)[] | undefined;
  #withheldOf: number | undefined;

  constructor(inner: Stores) {
    this.#inner = inner;
    this.credentials = inner.credentials;
    this.keys = inner.keys;
    if (inner.textKeys !== undefined) this.textKeys = inner.textKeys;
    if (inner.openTexts !== undefined) this.openTexts = inner.openTexts;
    this.rewrite = () => inner.rewrite();
    this.leases = inner.leases;
  }

  get info(): LogInfo {
    return this.#inner.events.info;
  }

  /** How many records of a stream were read. */
  recordsRead(stream: string): number {
    return this.#recordsRead.get(stream) ?? 0;
  }

  /** The next `times` commits with an event of `type` (any, if it is not given) meet `fault`. */
  arrange(fault: AppendFault, type?: EventType, times = 1): void {
    const applies = (commit: Commit): boolean =>
      type === undefined || typesOf(commit).includes(type);
    this.#faults.push({ applies, fault, left: times });
  }

  /** Nothing can be reached until it is mended. */
  cutOff(): void {
    this.arrange(unavailable, undefined, Infinity);
    this.beforeRead(() => {
      throw new StoreUnreachable('arranged by a test');
    });
  }

  mend(): void {
    this.#faults = [];
    this.#beforeRead = () => {};
    this.#beforeHead = () => {};
  }

  /** Reads wait for what this promises, or fail with what it throws. */
  beforeRead(then: (query: StreamQuery) => Promise<void> | void): void {
    this.#beforeRead = then;
  }

  /** What is appended, to one partition or to any, reaches the subscribers only from `deliver` on. */
  withhold(partition?: number): void {
    this.#withheld ??= [];
    this.#withheldOf = partition;
  }

  deliver(): void {
    const withheld = this.#withheld ?? [];
    this.#withheld = undefined;
    for (const give of withheld) give();
  }

  /** To look at a head waits for what this promises, or fails with what it throws. */
  beforeHead(then: () => Promise<void> | void): void {
    this.#beforeHead = then;
  }

  writer(server: string, incarnation: number): Writer {
    const inner = this.#inner.events.writer(server, incarnation);
    // What is handed over is written in the order of the calls, whatever becomes of each.
    let before: Promise<unknown> = Promise.resolve();
    const append = (commit: Commit): Promise<AppendOutcome> => {
      this.appends += 1;
      const earlier = before;
      const write = async (): Promise<AppendOutcome> => {
        await earlier;
        return inner.append(commit);
      };
      const fault = this.#faultFor(commit);
      if (fault === undefined) return (before = write());
      if (neverWritten.has(fault)) return fault(write);
      return new Promise((resolve) => {
        before = new Promise((written) => {
          const outcome = fault(async () => {
            const appended = await write();
            written(appended);
            return appended;
          });
          resolve(outcome);
        });
      });
    };
    return { append, close: () => inner.close() };
  }

  async readStream(query: StreamQuery): Promise<readonly Recorded[]> {
    await this.#beforeRead(query);
    const records = await this.#inner.events.readStream(query);
    this.#recordsRead.set(query.stream, this.recordsRead(query.stream) + records.length);
    return records;
  }

  readAll(partition: number, from: number, limit: number): Promise<readonly Recorded[]> {
    this.readsOfAll += 1;
    return this.#inner.events.readAll(partition, from, limit);
  }

  readStored(partition: number, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#inner.events.readStored(partition, from, limit);
  }

  async head(partition: number): Promise<LogHead> {
    await this.#beforeHead();
    return this.#inner.events.head(partition);
  }

  get snapshots(): SnapshotStore {
    return this.#inner.events.snapshots;
  }

  trim(partition: number, before: number, epoch: string): Promise<TrimOutcome> {
    return this.#inner.events.trim(partition, before, epoch);
  }

  subscribe(group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription {
    const subscription = this.#inner.events.subscribe(group, after, {
      onBatch: (batch) => {
        const isWithheld = [undefined, batch[0]?.partition].includes(this.#withheldOf);
        if (this.#withheld === undefined || !isWithheld) return subscriber.onBatch(batch);
        this.#withheld.push(() => void subscriber.onBatch(batch));
      },
      onRollback: (rollback) => {
        // What was withheld is of the log that was.
        this.#withheld = undefined;
        subscriber.onRollback(rollback);
      },
      onFailure: (error) => subscriber.onFailure(error),
    });
    const isReading = (): boolean => this.isReading && subscription.isReading;
    return {
      get isReading() {
        return isReading();
      },
      close: () => subscription.close(),
    };
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #faultFor(commit: Commit): AppendFault | undefined {
    const arranged = this.#faults.find(({ applies, left }) => left > 0 && applies(commit));
    if (arranged === undefined) return undefined;
    arranged.left -= 1;
    return arranged.fault;
  }
}

const typesOf = ({ parts }: Commit): readonly EventType[] =>
  parts.flatMap(({ events }) => events.map(({ event }) => event.type));
