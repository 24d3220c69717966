import { join } from 'node:path';
import { test } from 'tap';

import { loadSlice } from '../support/log-slice.ts';
import { chatIn } from './chat-folder.ts';
import { type CliEnd, runCli } from './cli-process.ts';

const replay = (cwd: string, ...args: readonly string[]): Promise<CliEnd> =>
  runCli(['replay', ...args], { cwd });

await test('a part of the log is written to a file, which is read like a log and loaded by a test', async (t) => {
  const cwd = await chatIn(t);
  const range = ['--from-position', '8', '--to-position', '10'];
  const written = await replay(cwd, '--slice', ...range, '--out', 'slice.ndjson.gz');
  t.match(written, { code: 0, stdout: 'Wrote 3 records to slice.ndjson.gz: positions 8 to 10.\n' });
  const slice = await loadSlice(join(cwd, 'slice.ndjson.gz'));
  t.strictSame(
    slice.records.map(({ position, event }) => [position, event.type]),
    [
      [8, 'MessagePosted'],
      [9, 'MessagePosted'],
      [10, 'ServerLost'],
    ],
  );
  t.strictSame([...slice.before().sessions.byUser.keys()].toSorted(), ['alice', 'bob']);
  t.equal(slice.after().sessions.byUser.size, 0);
  const again = await replay(cwd, '--slice', '--out', 'slice.ndjson.gz');
  t.match(again, { code: 1, stderr: /is there already/ });
  const { stdout } = await replay(cwd, 'slice.ndjson.gz', '--types', 'MessagePosted');
  t.match(stdout, /lobby {5}alice: hello\n.*lobby {5}bob: hi\n$/);
});
