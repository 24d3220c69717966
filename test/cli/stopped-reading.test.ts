import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { LogFileWriter } from '../../adapters/log-file/writer.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { lookIntoLmdb } from '../../adapters/lmdb/stored-log.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { historyOf, says } from '../support/memory-history.ts';
import { startInTmux } from '../support/tmux.ts';
import { until } from '../support/until.ts';
import { mainFile, startCli } from './cli-process.ts';

/** So many take seconds to be compressed, and nobody waits for that. */
const manyRecords = 150_000;
const startsWithinMs = 20_000;

/** A log file of many messages, all alike. */
async function manyIn(cwd: string): Promise<void> {
  const history = await historyOf([says('alice', 'hello')]);
  const [began, said] = await history.readStored(0, 1, 2);
  const { epoch } = await history.head(0);
  const header = { ...history.info, epochs: [epoch], key: null };
  const writer = await LogFileWriter.create(join(cwd, 'many.ndjson'), header);
  await writer.write([began as StoredRecord]);
  await writer.write(
    Array.from({ length: manyRecords - 1 }, (_none, index) => ({
      ...(said as StoredRecord),
      position: index + 2,
      revision: index + 1,
    })),
  );
  await writer.finish();
}

const unfinishedIn = (cwd: string): readonly string[] =>
  readdirSync(cwd).filter((name) => name.endsWith('.unfinished'));

const slicing = ['replay', 'many.ndjson', '--slice', '--out', 'part.ndjson.gz'];

await test('whoever stops the writing of a slice finds nothing of it, and the process died of the signal', async (t) => {
  const cwd = t.testdir({});
  await manyIn(cwd);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    await using cli = startCli(slicing, { cwd });
    const begun = (): boolean => unfinishedIn(cwd).length > 0;
    await until(begun, { what: 'the slice to begin', withinMs: startsWithinMs });
    cli.child.kill(signal);
    const { code, stdout } = await cli.ended();
    t.equal(code, null);
    t.equal(cli.child.signalCode, signal);
    t.equal(stdout, '');
    t.strictSame(readdirSync(cwd), ['many.ndjson']);
  }
});

await test('Ctrl-C leaves neither the bar on the terminal nor an unfinished file', async (t) => {
  const cwd = t.testdir({});
  await manyIn(cwd);
  const command = [process.execPath, mainFile, ...slicing];
  await using pane = await startInTmux(command, { columns: 100, rows: 24, cwd });
  await pane.showsMatching(/█░+ \d+% /);
  await pane.press('C-c');
  t.equal(await pane.exited(), 130);
  t.strictSame(
    (await pane.rows()).filter((row) => /events\/s/.test(row)),
    [],
  );
  t.strictSame(unfinishedIn(cwd), []);
});

await test('a signal is heard between two pages of the embedded store', async (t) => {
  const dir = join(t.testdir({}), 'data');
  await (await openLmdb({ dir })).close();
  for (const open of [openLmdb, ({ dir: folder }: { dir: string }) => lookIntoLmdb(folder)]) {
    const opened = await open({ dir });
    const log = 'events' in opened ? opened.events : opened;
    let isHeard = false;
    setImmediate(() => (isHeard = true));
    await log.readStored(0, 1, 1);
    t.ok(isHeard);
    await opened.close();
  }
});
