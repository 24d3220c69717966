import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { endsWithThisProcess } from '../../support/reaper.ts';
import { until, within } from '../../support/until.ts';
import type { ServerPlan } from './server-process.ts';

const servesWithinMs = 60_000;
const endsWithinMs = 10_000;

/** A chat server in a process of its own, over all its lives. */
export class Server implements AsyncDisposable {
  readonly url: string;
  /** What it logged as an error, or said when it died. */
  complaints = '';
  kills = 0;
  readonly #plan: ServerPlan;
  #child: ChildProcess | undefined;

  constructor(plan: ServerPlan) {
    this.#plan = plan;
    this.url = `ws://127.0.0.1:${plan.port}/ws`;
  }

  /** Resolves when it takes clients. */
  async start(): Promise<void> {
    const child = fork(
      join(import.meta.dirname, 'server-process.js'),
      [JSON.stringify(this.#plan)],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.#child = child;
    endsWithThisProcess(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    let serves = false;
    child.once('message', () => (serves = true));
    await until(() => serves || child.exitCode !== null, {
      what: `server ${this.#plan.name} to serve`,
      withinMs: servesWithinMs,
    });
    if (!serves) throw new Error(`a server ended: ${this.complaints}`);
  }

  async kill9(): Promise<void> {
    this.kills += 1;
    await this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await within(exit, endsWithinMs, 'a killed server to be gone');
  }
}
