import type { AppendOutcome, UnavailableReason } from '../../core/event-store.ts';
import { appendAnswerMsMax } from '../../core/event-store.ts';
import { writeFailure } from './write-failure.ts';

/** Why a job's writing has no result. */
export type Failure = Extract<AppendOutcome, { readonly status: 'unavailable' | 'unknown' }>;

/** Something to be written. */
export interface Job {
  /** What it adds to the batch that it is in, roughly. */
  readonly bytes: number;
  /** Writes, within a write transaction. If it throws, its whole batch is undone. */
  apply(): void;
  /** Called once: what was applied is on disk, it failed, or `apply` threw something unexpected. */
  settle(result: 'durable' | Failure | Error): void;
}

/** Keeps a batch from holding up the event loop and the write lock: some 10 ms. */
export const batchJobsMax = 1_024;
export const batchBytesMax = 4 * 1024 * 1024;
/** What waits for a disk that does not answer: as much as a writer of any store may hold. */
export const queuedJobsMax = 65_536;
export const queuedBytesMax = 16 * 1024 * 1024;
/** So that an answer still reaches its caller in time. */
const answeredWithinMs = appendAnswerMsMax - 300;
const lookEveryMs = 100;

/** How batches are written. */
export interface Transactions {
  /** Runs an action in a write transaction; resolves when that is on disk. */
  run(action: () => void): Promise<void>;
  /** Called within the transaction, before a batch's first job and after its last. */
  begin(): void;
  end(): void;
  /** Called after a batch was settled. */
  onDurable(): void;
}

interface Waiting {
  readonly job: Job;
  readonly since: number;
}

/**
 * Gathers what is to be written into transactions: one is under way, and what arrives meanwhile is
 * the next one. Jobs are applied in the order of `add`, and settled when they are on disk.
 *
 * A job is handed over when its transaction's callback runs, with the write lock held; until then
 * it can be taken back. So who has waited too long for the lock hears `unavailable`, and that is
 * true; who has waited too long for the disk hears `unknown`.
 */
export class GroupCommit {
  readonly #transactions: Transactions;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  /** What was handed over and is not settled yet. */
  #inFlight: Waiting[] = [];
  #isRunning = false;
  #clock: NodeJS.Timeout | undefined;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  /** Nothing is written, or waits to be. */
  get isIdle(): boolean {
    return !this.#isRunning;
  }

  add(job: Job): void {
    const isFull =
      this.#queue.length >= queuedJobsMax || this.#queuedBytes + job.bytes > queuedBytesMax;
    if (isFull) return job.settle(unavailable('busy'));
    this.#queue.push({ job, since: performance.now() });
    this.#queuedBytes += job.bytes;
    this.#watch();
    if (!this.#isRunning) void this.#run();
  }

  /** Takes back what was not handed over: those jobs are settled as `closed`. */
  withdraw(jobs: ReadonlySet<Job>): void {
    this.#takeBack(({ job }) => jobs.has(job), unavailable('closed'));
  }

  /** Never rejects: whatever happens to a transaction is told to its jobs. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#queue.length > 0) await this.#commitBatch();
    this.#isRunning = false;
  }

  async #commitBatch(): Promise<void> {
    let stage: 'waiting' | 'applying' | 'committing' = 'waiting';
    try {
      await this.#transactions.run(() => {
        stage = 'applying';
        this.#inFlight = this.#nextBatch();
        this.#transactions.begin();
        for (const { job } of this.#inFlight) job.apply();
        this.#transactions.end();
        stage = 'committing';
      });
      this.#settleInFlight('durable');
      this.#transactions.onDurable();
    } catch (error) {
      const failure = await writeFailure(error, stage);
      this.#settleInFlight(failure);
      // Without a transaction nothing was handed over, and there is no use in trying at once.
      if (stage === 'waiting') this.#takeBack(() => true, failure);
    }
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ job }, index) => {
      bytes += job.bytes;
      return index >= batchJobsMax || (index > 0 && bytes > batchBytesMax);
    });
    const batch = this.#queue.splice(0, end === -1 ? this.#queue.length : end);
    for (const { job } of batch) this.#queuedBytes -= job.bytes;
    return batch;
  }

  #settleInFlight(result: 'durable' | Failure | Error): void {
    const settled = this.#inFlight;
    this.#inFlight = [];
    for (const { job } of settled) job.settle(result);
  }

  #takeBack(isMeant: (waiting: Waiting) => boolean, result: Failure | Error): void {
    const meant = this.#queue.filter(isMeant);
    if (meant.length === 0) return;
    this.#queue = this.#queue.filter((waiting) => !isMeant(waiting));
    for (const { job } of meant) {
      this.#queuedBytes -= job.bytes;
      job.settle(result);
    }
  }

  /** Looks for jobs that have waited too long, while there are any jobs. */
  #watch(): void {
    if (this.#clock !== undefined) return;
    this.#clock = setTimeout(() => {
      this.#clock = undefined;
      const oldest = performance.now() - answeredWithinMs;
      const isLate = ({ since }: Waiting): boolean => since < oldest;
      this.#takeBack(isLate, unavailable('disconnected'));
      const late = this.#inFlight.filter(isLate);
      this.#inFlight = this.#inFlight.filter((waiting) => !isLate(waiting));
      for (const { job } of late) job.settle({ status: 'unknown' });
      if (this.#queue.length + this.#inFlight.length > 0) this.#watch();
    }, lookEveryMs);
    this.#clock.unref();
  }
}

const unavailable = (reason: UnavailableReason): Failure => ({ status: 'unavailable', reason });
