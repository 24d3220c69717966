import type { Logger } from 'pino';

import type { LogArchive } from '../adapters/log-file/archive.ts';
import { StoreUnreachable } from '../core/event-store.ts';
import type { Stores } from '../core/stores.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { keepSnapshots } from './snapshot-run.ts';
import { trimTarget } from './trim-target.ts';
import { tellOfTrimming } from './trimming-told.ts';

const dayMs = 86_400_000;
const lookMs = 3_600_000;
/** No server bears this name: it has a space. */
const leaseName = 'log trimmer';

export interface TrimmingPlan {
  /** What is older than so many days goes. */
  readonly days: number;
  /** What goes is written here first, where there is one. */
  readonly archive?: LogArchive;
  /** Whether nothing goes that is not sealed; so it is in any case once the log has a checkpoint. */
  readonly isSealed?: boolean;
}

/**
 * Sees to it that the log keeps no more than it is to: at the start and every hour what is older
 * goes, after the state that rests on it was kept beside the log. One server at a time does it, and
 * whatever ends it, the next look goes on with it.
 */
export class Trimmer {
  readonly #plan: TrimmingPlan;
  readonly #stores: Pick<Stores, 'events' | 'leases'>;
  readonly #log: Logger;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;
  /** What was wrong the last time, so that it is told once. */
  #trouble = '';

  constructor(
    plan: TrimmingPlan,
    stores: Pick<Stores, 'events' | 'leases'>,
    log: Logger,
    now: () => number = Date.now,
  ) {
    this.#plan = plan;
    this.#stores = stores;
    this.#log = log;
    this.#now = now;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookMs);
    void this.look();
  }

  /** Resolves when nothing more is asked of the store. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Trims all partitions once, unless another server is at it. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { leases, events } = this.#stores;
    const trimAll = async (): Promise<void> => {
      for (let partition = 0; partition < events.info.partitions; partition++)
        if (!this.#isStopped) await this.#trim(partition);
      this.#trouble = '';
    };
    try {
      await oneAtATime(leases, leaseName, trimAll, this.#log);
    } catch (error) {
      this.#tell(error);
    }
  }

  async #trim(partition: number): Promise<void> {
    const { events } = this.#stores;
    const olderThan = this.#now() - this.#plan.days * dayMs;
    const isSealed = this.#plan.isSealed ?? false;
    const target = await trimTarget(events, partition, { olderThan, isSealed });
    if (target.before <= target.first) return;
    await this.#plan.archive?.add(events, partition, target.before);
    if (!(await keepSnapshots(events, partition, target.before - 1))) return;
    const { before, first, epoch } = target;
    const archived = this.#plan.archive !== undefined;
    await tellOfTrimming(events, partition, { before, archived });
    const outcome = await events.trim(partition, before, epoch);
    if (outcome.status === 'trimmed')
      this.#log.info({ partition, from: first, before }, 'the log was trimmed');
    else if (outcome.status === 'held')
      this.#log.warn(
        { partition, before, by: outcome.by },
        'the log is not trimmed: somebody has not read so far',
      );
  }

  /** Each trouble once; what passes by itself only to whoever looks for it. */
  #tell(error: unknown): void {
    if (error instanceof StoreUnreachable)
      return this.#log.debug({ err: error }, 'the log was not trimmed');
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    this.#log.error({ err: error }, 'the log cannot be trimmed');
  }
}
