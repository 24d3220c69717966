import { randomUUID } from 'node:crypto';

import type { AppendOutcome, Commit } from '../../core/event-store.ts';
import { decodeAnswer, encodeBatch } from './append-batch.ts';
import { Backoff } from './backoff.ts';
import { CommitQueue, type Pending } from './commit-queue.ts';
import type { Connection } from './connection.ts';
import { streamOfKey, writerKey } from './keys.ts';
import type { KnownLog } from './known-log.ts';
import { laneConnection } from './lane-connection.ts';
import type { Link } from './link.ts';
import { ConnectionLost, isPassing, RedisRefusal, refusalReason } from './refusal.ts';
import { textOf } from './reply.ts';
import { runScript, scripts } from './scripts.ts';
import { rebuildIndex } from './stream-index.ts';

/** A tool that died leaves its key behind for so long; a server's stays, for it holds its end. */
const toolKeyMs = 600_000;

const outOfReach: AppendOutcome = { status: 'unavailable', reason: 'disconnected' };

export interface LaneOptions {
  readonly link: Link;
  readonly known: KnownLog;
  /** How many partitions the log has. */
  readonly partitions: number;
  readonly server: string;
  readonly incarnation: number;
  /** Told of each commit that was appended. */
  readonly onAppended: (commit: Commit, partition: number) => void;
}

/**
 * One writer's way into one partition: a batch at a time, numbered, and never sent twice. When the
 * answer to a batch is lost, its number is voided before anything else is sent: that brings its
 * answer, or makes sure that it will never be carried out.
 */
export class Lane {
  readonly key: string;
  readonly #options: LaneOptions;
  readonly #queue = new CommitQueue();
  /** Aborted when nothing new is taken. */
  readonly #closing = new AbortController();
  /** Aborted when nobody waits for an answer any more. */
  readonly #over = new AbortController();
  readonly #backoff = new Backoff();
  /** The numbers count anew with each token; a new one takes the place of those before. */
  readonly #tokens: string[] = [randomUUID()];
  #number = 0;
  #doubtful: readonly Pending[] | undefined;
  #isFenced = false;
  #pumping: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { known, server, incarnation } = options;
    const suffix = incarnation === 0 ? randomUUID() : undefined;
    this.key = writerKey(known.partition, server, suffix);
  }

  async append(commit: Commit): Promise<AppendOutcome> {
    if (this.#closing.signal.aborted) return { status: 'unavailable', reason: 'closed' };
    if (this.#isFenced) return { status: 'fenced' };
    const { link, known } = this.#options;
    if (link.isHopeless) return outOfReach;
    const outcome = this.#queue.add(commit, known.generation);
    known.replication?.hold(commit, outcome);
    // With nothing to do it would be over before it was noted as under way.
    if (!this.#queue.isEmpty) this.#pumping ??= this.#pump();
    return outcome;
  }

  /** Settles when what was handed over is answered: after `withinMs` as unknown. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    this.#queue.settleAll({ status: 'unavailable', reason: 'closed' });
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([this.#pumping, tooLate]);
    clearTimeout(timer);
    this.#over.abort();
    this.#queue.abandon();
  }

  async #pump(): Promise<void> {
    const { link } = this.#options;
    while (!this.#isIdle) {
      const connection = await laneConnection(link, this.#backoff, this.#closing.signal);
      if (connection === undefined) break;
      if (this.#doubtful === undefined) await this.#send(connection);
      else await this.#settleDoubt(connection, this.#doubtful);
    }
    this.#pumping = undefined;
  }

  async #send(connection: Connection): Promise<void> {
    const { known } = this.#options;
    const { generation } = known;
    const taken = this.#queue.take();
    // What was decided by a log that was set back since then must not be written to this one.
    const isStale = (pending: Pending): boolean => pending.generation !== generation;
    this.#queue.settleAll(outOfReach, taken.filter(isStale));
    const batch = taken.filter((pending) => !isStale(pending));
    if (batch.length === 0) return;
    this.#number += 1;
    try {
      const answer = textOf(await this.#run(connection, batch));
      if (answer.startsWith('!')) await this.#mend(connection, batch, answer);
      else if (known.replication === undefined) this.#settle(batch, answer, generation, true);
      else {
        const isSafe = await known.replication.isReached(connection);
        this.#settle(batch, answer, generation, isSafe);
      }
    } catch (error) {
      await this.#fail(connection, batch, error);
    }
  }

  async #run(connection: Connection, batch: readonly Pending[]): ReturnType<typeof runScript> {
    const { known, partitions, incarnation } = this.#options;
    const encoded = encodeBatch(batch, known.partition, partitions);
    const keys = [known.keys.log, known.keys.heads, this.key, ...encoded.keys];
    const args = [incarnation, this.#token, this.#number, known.epoch, known.position];
    const rest = [this.#keyMs, encoded.streams, encoded.plan, ...encoded.bytes];
    return runScript(connection, scripts.append, keys, [...args, ...rest]);
  }

  #settle(batch: readonly Pending[], answer: string, generation: number, isSafe: boolean): void {
    const { known, onAppended } = this.#options;
    this.#backoff.reset();
    const commits = batch.map(({ commit }) => commit);
    for (const [place, outcome] of decodeAnswer(answer, commits).entries()) {
      const pending = batch[place];
      if (pending === undefined) continue;
      pending.settle(isSafe ? outcome : unacknowledged(outcome));
      if (outcome.status !== 'appended') continue;
      const { commit } = pending;
      const events = commit.parts.flatMap((part) => part.events);
      if (generation === known.generation) {
        for (const [index, { id }] of events.entries()) known.note(outcome.position + index, id);
      }
      onAppended(commit, known.partition);
    }
  }

  /** Redis did not begin with the batch, since something is not as the writer takes it to be. */
  async #mend(connection: Connection, batch: readonly Pending[], answer: string): Promise<void> {
    const { known } = this.#options;
    this.#number -= 1;
    this.#queue.putBack(batch);
    const [word, detail = ''] = answer.split(' ');
    const isOthers = word === '!taken' && !this.#tokens.includes(detail);
    if (word === '!fenced' || isOthers) return this.#fence();
    try {
      if (word === '!number' || word === '!taken') this.#renewToken();
      else if (word === '!index') {
        const { keys } = encodeBatch(batch, known.partition, this.#options.partitions);
        await rebuildIndex(connection, known.keys, streamOfKey(keys[Number(detail) - 4] ?? ''));
      } else await known.check(connection);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await this.#backoff.pause(this.#over.signal);
  }

  async #fail(connection: Connection, batch: readonly Pending[], error: unknown): Promise<void> {
    if (error instanceof ConnectionLost) {
      this.#doubtful = batch;
      return;
    }
    if (!(error instanceof RedisRefusal)) throw error;
    const reason = refusalReason(error);
    if (reason === undefined) {
      // It broke off somewhere. What it wrote by then shows in the check of the heads.
      this.#queue.settleAll({ status: 'unknown' }, batch);
      this.#doubtful = batch;
      return;
    }
    const { link } = this.#options;
    this.#number -= 1;
    if (error.code === 'READONLY') link.leave(connection, 'it leads to a replica');
    if (reason === 'later') {
      this.#queue.putBack(batch);
      await this.#backoff.pause(this.#over.signal);
    } else {
      this.#queue.settleAll({ status: 'unavailable', reason }, batch);
    }
  }

  async #settleDoubt(connection: Connection, batch: readonly Pending[]): Promise<void> {
    const { generation } = this.#options.known;
    const args = [this.#options.incarnation, this.#token, this.#number, this.#keyMs];
    let answer: string;
    try {
      answer = textOf(await runScript(connection, scripts.void, [this.key], args));
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (error instanceof RedisRefusal && error.code === 'READONLY') {
        this.#options.link.leave(connection, 'it leads to a replica');
      }
      await this.#backoff.pause(this.#over.signal);
      return;
    }
    this.#doubtful = undefined;
    // Another connection cannot be asked how far what was written over the lost one has come.
    const isSafe = this.#options.known.replication === undefined;
    if (answer.startsWith('=')) return this.#settle(batch, answer.slice(1), generation, isSafe);
    const [word, token = ''] = answer.split(' ');
    const isOwn = this.#tokens.includes(token);
    // An earlier token of this writer is there only since the log was rolled back to its time.
    if (word === '!taken' && isOwn) this.#renewToken();
    if (word === 'void' || isOwn) return this.#queue.putBack(batch);
    this.#queue.settleAll({ status: word === '!fenced' ? 'fenced' : 'unknown' }, batch);
    if (word !== 'unsure') this.#fence();
  }

  #fence(): void {
    this.#isFenced = true;
    this.#queue.settleAll({ status: 'fenced' });
  }

  /** The key that holds the numbers is gone, or is from before a rollback. */
  #renewToken(): void {
    this.#tokens.push(randomUUID());
    this.#number = 0;
  }

  get #isIdle(): boolean {
    const isDone = this.#queue.isEmpty && this.#doubtful === undefined;
    return isDone || this.#over.signal.aborted;
  }

  get #token(): string {
    return this.#tokens.at(-1) ?? '';
  }

  get #keyMs(): number {
    return this.#options.incarnation === 0 ? toolKeyMs : 0;
  }
}

/** What is in this Redis, and may be lost with it, is of unknown fate. */
const unacknowledged = (outcome: AppendOutcome): AppendOutcome =>
  outcome.status === 'appended' || outcome.status === 'repeated' ? { status: 'unknown' } : outcome;
