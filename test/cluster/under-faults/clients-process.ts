import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type ClientHistory, readHistory } from '../../checker/history.ts';
import { endsWithThisProcess } from '../../support/reaper.ts';
import { until, within } from '../../support/until.ts';
import { clientNames } from './client-names.ts';
import type { ClientsPlan, FromClients, Progress, Tally, ToClients } from './plan.ts';

const readyWithinMs = 60_000;
const finishWithinMs = 120_000;

/** All clients of a run, in a process of their own, which ends with this one at the latest. */
export class ClientsProcess implements AsyncDisposable {
  readonly #plan: ClientsPlan;
  readonly #child: ChildProcess;
  #progress: Progress | undefined;
  #isReady = false;
  #isDone = false;

  constructor(plan: ClientsPlan) {
    this.#plan = plan;
    this.#child = fork(join(import.meta.dirname, 'clients.js'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    endsWithThisProcess(this.#child);
    this.#child.on('message', (message: FromClients) => this.#heed(message));
    this.#tell({ type: 'plan', plan });
  }

  /** @throws Error while the clients have not told anything yet */
  get tally(): Tally {
    if (this.#progress === undefined) throw new Error('the clients have told nothing');
    return this.#progress.tally;
  }

  get oddities(): readonly string[] {
    return this.#progress?.oddities ?? [];
  }

  get errors(): Readonly<Record<string, number>> {
    return this.#progress?.errors ?? {};
  }

  /** How many messages were answered STORED so far; by that server, if one is named. */
  stored(port?: number): number {
    const { tally, storedAt } = this.#progress ?? {};
    return (port === undefined ? tally?.stored : storedAt?.[port]) ?? 0;
  }

  /** How many of them are logged in at that server. */
  here(port: number): number {
    return this.#progress?.hereAt[port] ?? 0;
  }

  /** All have accounts, and begin. */
  async ready(): Promise<void> {
    await this.#waitFor(() => this.#isReady, 'the clients to begin', readyWithinMs);
  }

  /** Waits until so many messages were answered STORED. */
  async haveStored(messages: number, withinMs: number): Promise<void> {
    const what = `${messages} messages to be stored`;
    await this.#waitFor(() => this.stored() >= messages, what, withinMs);
  }

  /** Waits until so many connections were cut off since their clients read too slowly. */
  async haveCutOff(connections: number, withinMs: number): Promise<void> {
    const isDone = () => (this.#progress?.tally.tooSlow ?? 0) >= connections;
    await this.#waitFor(isDone, `${connections} slow readers to be cut off`, withinMs);
  }

  /** Every connection breaks at once, and everybody comes back. */
  storm(): void {
    this.#tell({ type: 'storm' });
  }

  /** Waits until every client has logged out; the last of what was recorded is on disk then. */
  async finish(): Promise<readonly ClientHistory[]> {
    this.#tell({ type: 'finish' });
    await this.#waitFor(() => this.#isDone, 'the clients to log out', finishWithinMs);
    await this[Symbol.asyncDispose]();
    return clientNames(this.#plan.clients).map((client) => {
      const path = join(this.#plan.dir, `${client}.ndjson`);
      return { client, events: readHistory(path) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await within(exit, finishWithinMs, 'the process of the clients to end');
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #waitFor(holds: () => boolean, what: string, withinMs: number): Promise<void> {
    await until(() => holds() || this.#hasEnded, { what, withinMs });
    if (!holds()) throw new Error(`the process of the clients ended before ${what}`);
  }

  #heed(message: FromClients): void {
    if (message.type === 'ready') this.#isReady = true;
    else this.#progress = message.progress;
    if (message.type === 'done') this.#isDone = true;
  }

  #tell(message: ToClients): void {
    this.#child.send(message);
  }
}
