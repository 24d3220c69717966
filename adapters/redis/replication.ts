import { setImmediate as nextTurn } from 'node:timers/promises';

import type { AppendOutcome, Commit } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import { RedisRefusal } from './refusal.ts';
import { listOf, numberOf } from './reply.ts';

/**
 * How long a batch waits for its replicas. Files that are flushed once a second have reached their
 * disks by then; and what comes behind can still be answered in time.
 */
export const replicasWithinMs = 2_000;

/**
 * How many replicas must have a record of one partition before it is acknowledged. Until that is
 * known, records of this process are not to be folded by it: a fold acknowledges.
 */
export class Replication {
  readonly #replicas: number;
  #confirmed: number | undefined;
  /** By the id of a record that is not answered yet. */
  readonly #awaited = new Map<string, Promise<void>>();

  constructor(replicas: number) {
    this.#replicas = replicas;
  }

  /** How many replicas had what was asked for last; undefined when nothing was. */
  get confirmed(): number | undefined {
    return this.#confirmed;
  }

  /**
   * Whether so many have, by 2 s, all that was written over this connection before. With WAITAOF
   * (Redis 7.2) it is on their disks and on that of Redis itself; without, in their memory. Nothing
   * else is answered on the connection meanwhile.
   *
   * @throws {ConnectionLost}
   */
  async isReached(connection: Connection): Promise<boolean> {
    const [replicas, ms] = [this.#replicas, replicasWithinMs];
    const onDisk = await replyOf(connection.call('WAITAOF', 1, replicas, ms));
    if (onDisk !== undefined) {
      const [own, others] = listOf(onDisk).map(numberOf);
      this.#confirmed = others ?? 0;
      return own === 1 && this.#confirmed >= replicas;
    }
    // Not known to this Redis; or it keeps no file, and that was accepted.
    const inMemory = await replyOf(connection.call('WAIT', replicas, ms));
    this.#confirmed = inMemory === undefined ? 0 : numberOf(inMemory);
    return this.#confirmed >= replicas;
  }

  /** The commit's records are not answered before its outcome is told. */
  hold({ parts }: Commit, outcome: Promise<AppendOutcome>): void {
    const ids = parts.flatMap(({ events }) => events.map(({ id }) => id));
    const told = this.#told(ids, outcome);
    for (const id of ids) this.#awaited.set(id, told);
  }

  /** Settles when none of these records waits for its answer. */
  async answered(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#awaited.get(id);
  }

  async #told(ids: readonly string[], outcome: Promise<AppendOutcome>): Promise<void> {
    await outcome;
    // Whoever waits for the outcome is told of it before anybody folds what it is about.
    await nextTurn();
    for (const id of ids) this.#awaited.delete(id);
  }
}

/** Undefined where Redis refused: it was promoted or demoted meanwhile, or knows no such command. */
async function replyOf<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof RedisRefusal) return undefined;
    throw error;
  }
}
