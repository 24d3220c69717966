import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'tap';

import { AcceptTrouble } from '../../../adapters/line/accept-trouble.ts';
import { endsWithThisProcess } from '../../support/reaper.ts';
import { until, within } from '../../support/until.ts';

/** More than a Node process holds by itself, and fewer than the connections below. */
const descriptorsMax = 64;

await test('trouble that comes again at once is told once', (t) => {
  const told: Error[] = [];
  const trouble = new AcceptTrouble((error) => told.push(error));
  for (let time = 0; time < 1_000; time++) trouble.heed(new Error(`number ${time}`));
  t.match(told, [{ message: 'number 0' }]);
  trouble.look();
  t.equal(told.length, 1);
  t.end();
});

await test('a listener without a descriptor for another connection says so, once', async (t) => {
  const child = listening(t.testdir());
  t.teardown(() => child.end());
  const port = Number(await child.says('port'));
  const cutOff: Promise<unknown>[] = [];
  for (let number = 0; number < descriptorsMax; number++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    t.teardown(() => socket.destroy());
    cutOff.push(once(socket, 'close'));
    await once(socket, 'connect');
  }
  await within(Promise.race(cutOff), 10_000, 'a connection to be cut off');
  t.match(await child.says('trouble'), /^EMFILE/);
  const late = connect(port, '127.0.0.1').on('error', () => {});
  await within(once(late, 'close'), 10_000, 'another one to be cut off');
  t.equal(child.lines.filter((line) => line.startsWith('trouble')).length, 1);
});

interface Listening {
  readonly lines: readonly string[];
  /** What follows a word in the first line that begins with it. */
  says(word: string): Promise<string>;
  end(): Promise<void>;
}

/** `listening-child.ts` in a process that may hold few descriptors. */
function listening(dir: string): Listening {
  const command = [process.execPath, join(import.meta.dirname, 'listening-child.js'), dir];
  const script = `ulimit -n ${descriptorsMax}; exec "$@"`;
  const child: ChildProcess = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThisProcess(child);
  const ended = once(child, 'close');
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return {
    get lines() {
      return output.split('\n').slice(0, -1);
    },
    async says(word) {
      const found = (): string | undefined =>
        this.lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
      return until(found, { what: `"${word}" from the listener`, withinMs: 20_000 });
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
