import type { Logger } from 'pino';

import type { CheckpointFolder } from '../adapters/audit/checkpoint-folder.ts';
import type { SigningKey } from '../adapters/audit/signing-key.ts';
import { type EventStore, StoreUnreachable } from '../core/event-store.ts';
import { keepCheckpoints } from './checkpoint-keeper.ts';
import { Sealer, sealedAtOnceMax } from './sealer.ts';

/** A record is sealed so long after it came, at the latest, as long as the store answers. */
export const sealWithinMsDefault = 10_000;
/** Several servers have the same key, and one of them is enough: they come one after the other. */
const jitterShare = 0.25;
const lookMsMax = 1_000;
const looksPerDue = 8;

export interface SealingPlan {
  /** Without one nothing is sealed here. */
  readonly key?: SigningKey;
  /** Where checkpoints are kept outside the store; they come from the log, whoever made them. */
  readonly folder?: CheckpointFolder;
  /** 10 s unless given. */
  readonly withinMs?: number;
}

export interface SealingSurroundings {
  readonly events: EventStore;
  /** Who is named in the log as having sealed it. */
  readonly server: string;
  /** By partition, how far the log is known to reach: nothing is asked while that stays the same. */
  readonly positions: () => readonly number[];
  readonly log: Logger;
}

/** What is known of one partition. */
interface Watched {
  /** The position up to which there is nothing left to do. */
  settled: number;
  /** That our key counts is looked at before there is anything to seal: who gave a wrong one is there. */
  isKeyChecked: boolean;
  /** What was told last of why it cannot be sealed; empty when it can. */
  trouble: string;
  /** The position up to which checkpoints were copied. */
  kept: number;
  /** When what came since is to be sealed, and by how much the log may grow before. */
  due: { readonly at: number; readonly from: number; readonly records: number } | undefined;
}

/**
 * Sees to it that the log is sealed, and its checkpoints kept outside of it: after 1,000 records or
 * 10 s, and only when something else than a checkpoint came. It holds nobody up: it reads in pages,
 * and what fails is tried again.
 */
export class Sealing {
  readonly #plan: SealingPlan;
  readonly #around: SealingSurroundings;
  readonly #sealer: Sealer | undefined;
  readonly #watched: readonly Watched[];
  readonly #withinMs: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;

  constructor(plan: SealingPlan, around: SealingSurroundings) {
    this.#plan = plan;
    this.#around = around;
    const { events, server } = around;
    this.#sealer = plan.key && new Sealer(events, plan.key, server);
    this.#withinMs = plan.withinMs ?? sealWithinMsDefault;
    this.#watched = Array.from({ length: events.info.partitions }, () => ({
      settled: 0,
      kept: 0,
      isKeyChecked: false,
      trouble: '',
      due: undefined,
    }));
  }

  start(): void {
    const lookMs = Math.min(lookMsMax, this.#withinMs / looksPerDue);
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    }, lookMs);
  }

  /** Resolves when nothing more is asked of the store. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#sealer?.close();
    await this.#looking;
  }

  async #look(): Promise<void> {
    for (const [partition, watched] of this.#watched.entries()) {
      if (this.#isStopped) return;
      try {
        await this.#lookAt(partition, watched);
        watched.trouble = '';
      } catch (error) {
        this.#tell(error, partition, watched);
      }
    }
  }

  async #lookAt(partition: number, watched: Watched): Promise<void> {
    const position = this.#around.positions()[partition] ?? 0;
    const { events } = this.#around;
    const { folder } = this.#plan;
    if (!watched.isKeyChecked) {
      await this.#sealer?.checkKey(partition);
      watched.isKeyChecked = true;
    }
    if (this.#sealer !== undefined && this.#isDue(watched, position)) {
      const outcome = await this.#sealer.seal(partition);
      if (outcome !== 'unavailable') {
        watched.settled = position;
        watched.due = undefined;
      }
    }
    if (folder !== undefined && watched.kept !== position) {
      await keepCheckpoints(events, folder, partition);
      watched.kept = position;
    }
  }

  #isDue(watched: Watched, position: number): boolean {
    if (position === watched.settled) return false;
    const now = performance.now();
    watched.due ??= {
      at: now + this.#withinMs * (1 - jitterShare * Math.random()),
      from: position,
      records: sealedAtOnceMax * (1 + jitterShare * Math.random()),
    };
    const { at, from, records } = watched.due;
    return now >= at || position - from >= records;
  }

  /** Each trouble once, not each time that it is met. */
  #tell(error: unknown, partition: number, watched: Watched): void {
    const { log } = this.#around;
    if (error instanceof StoreUnreachable)
      return log.debug({ err: error }, 'the log was not sealed');
    const message = error instanceof Error ? error.message : String(error);
    if (message === watched.trouble) return;
    watched.trouble = message;
    log.error({ err: error, partition }, 'the log cannot be sealed');
  }
}
