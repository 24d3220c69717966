import type { Test } from 'tap';

import type { AppendOutcome, Appended, Recorded } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { partitionOf } from '../../../core/stream.ts';

/** A log of an adapter, empty when it is made. */
export interface LogUnderTest {
  /**
   * Opens the log as a process of its own would; the first call makes it. Several can be open at
   * once, and it can be opened again after all were closed.
   */
  open(): Promise<Stores>;
  /** Lets so much time pass for leases; where it is missing the tests wait. */
  passTime?(ms: number): void;
  /** Removes the log. What was opened has been closed by then. */
  dispose(): Promise<void>;
}

/** Makes a new log, or empties one, of so many partitions. */
export type LogFactory = (partitions: number) => Promise<LogUnderTest>;

/** Gives each test a log of its own, and cleans up behind it. */
export class TestLogs {
  readonly partitions: number;
  readonly #factory: LogFactory;

  constructor(factory: LogFactory, partitions: number) {
    this.#factory = factory;
    this.partitions = partitions;
  }

  async make(t: Test): Promise<TestLog> {
    const log = new TestLog(await this.#factory(this.partitions), this.partitions);
    t.teardown(() => log.dispose());
    return log;
  }

  /** An opened log, for the tests that need no more than one. */
  async open(t: Test): Promise<Stores> {
    const log = await this.make(t);
    return log.open();
  }

  /** The numbers of all partitions. */
  get all(): readonly number[] {
    return Array.from({ length: this.partitions }, (_, partition) => partition);
  }

  /** Streams of a kind that all lie in one partition: the last, unless told otherwise. */
  streams(kind: string, howMany: number, partition = this.partitions - 1): readonly string[] {
    const found: string[] = [];
    for (let number = 1; found.length < howMany; number++) {
      const stream = `${kind}:${kind}${number}`;
      if (partitionOf(stream, this.partitions) === partition) found.push(stream);
    }
    return found;
  }

  stream(kind: string, partition?: number): string {
    return this.streams(kind, 1, partition)[0] ?? '';
  }
}

class TestLog {
  readonly #log: LogUnderTest;
  readonly #partitions: number;
  readonly #opened: Stores[] = [];

  constructor(log: LogUnderTest, partitions: number) {
    this.#log = log;
    this.#partitions = partitions;
  }

  async open(): Promise<Stores> {
    const stores = await this.#log.open();
    this.#opened.push(stores);
    return stores;
  }

  /** Closes all that was opened, and opens the log again. */
  async reopen(): Promise<Stores> {
    await this.#closeAll();
    return this.open();
  }

  /** True where time can be made to pass. */
  passTime(ms: number): boolean {
    this.#log.passTime?.(ms);
    return this.#log.passTime !== undefined;
  }

  /** All records of all partitions, partition by partition. */
  async records({ events }: Stores): Promise<readonly Recorded[]> {
    const all: Recorded[] = [];
    for (let partition = 0; partition < this.#partitions; partition++) {
      all.push(...(await events.readAll(partition, 1, 1_000_000)));
    }
    return all;
  }

  async dispose(): Promise<void> {
    await this.#closeAll();
    await this.#log.dispose();
  }

  async #closeAll(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((stores) => stores.close()));
  }
}

/** The tests of one section, by the sentence that each shows to hold. */
export type ContractTests = Readonly<Record<string, (t: Test, logs: TestLogs) => Promise<void>>>;

/** Passes on what was appended. @throws Error for any other outcome */
export function appended(outcome: AppendOutcome): Appended {
  if (outcome.status === 'appended') return outcome;
  throw new Error(`expected appended, got ${JSON.stringify(outcome)}`);
}

/** How many of the outcomes had each status. */
export function tally(outcomes: readonly AppendOutcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export const idsOf = (records: readonly { readonly id: string }[]): readonly string[] =>
  records.map(({ id }) => id);

/** The message's number within its test: what the makers below were given as text. */
export const textOf = ({ event }: Recorded): string => ('text' in event ? event.text : event.type);

/** `count` results of `make`, which is given 0, 1, 2, … */
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
