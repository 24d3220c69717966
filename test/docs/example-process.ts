import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { passwordOf } from '../support/chat-harness.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { until } from '../support/until.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const withinMs = 15_000;

/** docs/examples/room.mjs, as alice in the lobby; it ends with this process at the latest. */
export class ExampleProcess {
  readonly #child: ChildProcess;
  #shown = '';
  #complaints = '';

  constructor(url: string) {
    this.#child = spawn(process.execPath, ['docs/examples/room.mjs', url, 'alice', 'lobby'], {
      cwd: root,
      env: { ...process.env, PASSWORD: passwordOf('alice') },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    endsWithThisProcess(this.#child);
    const { stdout, stderr } = this.#child;
    stdout?.setEncoding('utf8').on('data', (text: string) => (this.#shown += text));
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text));
  }

  types(text: string): void {
    this.#child.stdin?.write(text);
  }

  endsInput(): void {
    this.#child.stdin?.end();
  }

  async shows(text: string): Promise<void> {
    const what = `the example to show ${text}, and no more`;
    await until(() => this.#shown === text, { what, withinMs });
  }

  async complains(line: string): Promise<void> {
    const what = `the example to complain: ${line}`;
    await until(() => this.#complaints.split('\n').includes(line), { what, withinMs });
  }

  async code(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}
