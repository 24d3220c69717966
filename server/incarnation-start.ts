import { setTimeout as sleep } from 'node:timers/promises';

import { type AppendOutcome, type Commit, StoreUnreachable } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideServer } from '../core/server.ts';
import type { Stores } from '../core/stores.ts';
import { serverStream } from '../core/stream.ts';
import { loadServer } from './aggregate.ts';
import { commitOf } from './appender.ts';
import { endIncarnation, isRunning } from './incarnation-end.ts';

/** Replicas that follow confirm within a second; who waits longer at a start wants to know why. */
export const startMsMax = 10_000;
const retryMs = 250;
const takesNoWrites =
  'The store can be read but takes no writes: it is full, read-only or cannot reach its disk. Mend that and start again.';

/** How long a start goes on. */
export interface Patience {
  /** Until then, from the first append on, in milliseconds. */
  readonly startMsMax: number;
  /** Once it is aborted the start is to be no more. */
  readonly signal: AbortSignal;
}

/** The ServerStarted of a server whose name is held, and what it takes to append it. */
export class IncarnationStart {
  readonly #stores: Stores;
  readonly #server: string;
  readonly #web: string | undefined;
  readonly #patience: Patience;
  readonly #endsAt: number;
  #begun: number | undefined;

  constructor(stores: Stores, server: string, patience: Patience, web?: string) {
    this.#stores = stores;
    this.#server = server;
    this.#web = web;
    this.#patience = patience;
    this.#endsAt = performance.now() + patience.startMsMax;
  }

  /** The incarnation that may be in the log; undefined before anything was appended. */
  get begun(): number | undefined {
    return this.#begun;
  }

  /**
   * Appends it, and answers its revision. Holding the lease, nobody else starts under this name:
   * what still runs in the log is dead.
   * @throws {StoreUnreachable} also when it is not confirmed in time
   * @throws the signal's reason, once it is aborted
   */
  async append(): Promise<number> {
    const [{ events }, server] = [this.#stores, this.#server];
    for (;;) {
      const { state, revision } = await loadServer(events, server);
      if (state.status === 'running') {
        const { incarnation } = state;
        const ended = await endIncarnation(events, { type: 'DeclareLost', server, incarnation });
        if (!ended) await this.#pause();
        continue;
      }
      const incarnation = revision + 1;
      const { status } = await this.#appendStart(state, revision);
      if (status === 'appended') return incarnation;
      // It may be there all the same: then it is not begun anew, only confirmed.
      if (status === 'unknown' && (await isRunning(events, server, incarnation))) {
        await this.#confirm();
        return incarnation;
      }
      await this.#pause();
    }
  }

  async #appendStart(
    state: Parameters<typeof decideServer>[1],
    revision: number,
  ): Promise<AppendOutcome> {
    const server = this.#server;
    const web = this.#web;
    const start = { type: 'StartServer', server, ...(web !== undefined && { web }) } as const;
    const decision = decideServer(start, state);
    if (decision instanceof Rejection) throw new Error(`A start was refused: ${decision.code}`);
    const part = { stream: serverStream(server), expected: revision, events: decision };
    this.#begun = revision + 1;
    const outcome = await this.#hand(commitOf({ server, incarnation: this.#begun }, [part]));
    const isRefused = outcome.status === 'unavailable' && isForGood.has(outcome.reason);
    if (isRefused) throw new StoreUnreachable(takesNoWrites);
    return outcome;
  }

  /** What lies before a commit is as safe as that: one without events leaves nothing in the log. */
  async #confirm(): Promise<void> {
    const nothing = { stream: serverStream(this.#server), expected: 'any', events: [] } as const;
    while ((await this.#hand({ parts: [nothing] })).status !== 'appended') await this.#pause();
  }

  async #hand(commit: Commit): Promise<AppendOutcome> {
    const writer = this.#stores.events.writer(this.#server, 0);
    const outcome = await writer.append(commit);
    await writer.close();
    return outcome;
  }

  async #pause(): Promise<void> {
    const { signal } = this.#patience;
    if (performance.now() >= this.#endsAt) throw new StoreUnreachable(this.#unconfirmed());
    await sleep(retryMs, undefined, { signal });
  }

  #unconfirmed(): string {
    const { replication } = this.#stores;
    const seconds = this.#patience.startMsMax / 1_000;
    if (replication === undefined)
      return `The store did not confirm the start within ${seconds} s: see that it takes writes, and start again.`;
    const { wanted, confirmed } = replication();
    return `The start was not confirmed within ${seconds} s: ${confirmed} of the ${wanted} replicas that are to have it do. See that they keep up (INFO replication tells), or give less than --replicas ${wanted}.`;
  }
}

const isForGood: ReadonlySet<string> = new Set(['full', 'readOnly']);
