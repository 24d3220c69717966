import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { endsWithThisProcess } from '../../support/reaper.ts';
import { until } from '../../support/until.ts';

const saysWithinMs = 20_000;
/** What `ulimit -f` counts in (POSIX). */
const blockBytes = 512;

/** A started `child.ts`, and the lines that it has said. */
export class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #rest = '';

  /** `fileBytesMax` makes the disk full for it once a file is so large. */
  constructor(role: string, dir: string, fileBytesMax?: number) {
    const command = [process.execPath, join(import.meta.dirname, 'child.js'), role, dir];
    const script = 'trap "" XFSZ; ulimit -f "$1"; shift; exec "$@"';
    const blocks = fileBytesMax === undefined ? 'unlimited' : String(fileBytesMax / blockBytes);
    // LMDB's package writes of each failure to standard error, too.
    const error = fileBytesMax === undefined ? 'inherit' : 'ignore';
    this.#process = spawn('/bin/sh', ['-c', script, 'sh', blocks, ...command], {
      stdio: ['ignore', 'pipe', error],
    });
    endsWithThisProcess(this.#process);
    this.#ended = once(this.#process, 'close');
    this.#process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** What follows `word` in the lines that begin with it. */
  said(word: string): readonly string[] {
    return this.lines.flatMap((line) =>
      line === word || line.startsWith(`${word} `) ? line.slice(word.length + 1) : [],
    );
  }

  /** Waits until it has said a word so many times. @throws Error when it does not */
  async says(word: string, times = 1): Promise<string> {
    await until(() => this.said(word).length >= times, {
      what: `the process to say "${word}" ${times} times`,
      withinMs: saysWithinMs,
    });
    return this.said(word)[times - 1] ?? '';
  }

  /** Waits for so many lines, whatever they say. */
  async hasSaid(lines: number): Promise<void> {
    const bound = { what: `${lines} lines of the process`, withinMs: saysWithinMs };
    await until(() => this.lines.length >= lines, bound);
  }

  /** SIGKILL; settles when it is gone and all that it said has come. */
  async kill9(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  /** Waits until it ends by itself. */
  async ends(): Promise<void> {
    await this.#ended;
  }
}
