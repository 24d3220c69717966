import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';

import { edit } from '../audit/attacks.ts';
import { file } from '../audit/filed.ts';
import { SealedRecords, sealedLog, testKey } from '../audit/sealed-records.ts';
import { runCli } from './cli-process.ts';

const key = testKey();

/** A log, one that was set back from it, and what was kept of the first. */
function logs(t: Test) {
  const cwd = t.testdir();
  const log = sealedLog(key, 3);
  const behind = log.filed();
  const { records } = log;
  const place = (name: string) => join(cwd, name);
  file(place('whole.ndjson'), records, [behind]);
  file(place('tampered.ndjson'), edit(records, 30), [behind]);
  const after = new SealedRecords(key, records.slice(0, 40));
  after.startEpoch('epoch-2', 41);
  after.say(5);
  const epochs = { epochs: ['epoch-2'] };
  file(place('lost.ndjson'), after.records, [after.filed()], epochs);
  file(place('lost-and-tampered.ndjson'), edit(after.records, 30), [after.filed()], epochs);
  const fork = new SealedRecords(key, records.slice(0, 40));
  file(place('unknown.ndjson'), fork.records, [fork.filed()]);
  const later = new SealedRecords(key, records);
  later.filed();
  later.say(1);
  later.filed();
  mkdirSync(place('kept'));
  for (const [number, note] of [...log.notes, ...later.notes].entries())
    writeFileSync(place(`kept/${number}.note`), note);
  return cwd;
}

await test('the exit code tells a log that lacks something from one that was tampered with', async (t) => {
  const cwd = logs(t);
  const verify = (...args: string[]) => runCli(['audit', 'verify', ...args], { cwd });
  const by = ['--checkpoints', 'kept'];
  for (const [args, code, said] of [
    [['whole.ndjson'], 0, /^$/],
    [['tampered.ndjson'], 1, /: Tampered/],
    [['lost.ndjson'], 3, /: Lost, as the log itself tells/],
    [['lost-and-tampered.ndjson'], 1, /: Tampered/],
    [['whole.ndjson', ...by], 3, /: Not all of the log/],
    [['unknown.ndjson', ...by], 3, /: Not known/],
    [['missing.ndjson'], 1, /cannot be read/],
    [['whole.ndjson', '--key', 'none'], 2, /is no public key/],
    [['whole.ndjson', '--nonsense'], 2, /Unknown option/],
  ] as const)
    t.match(await verify(...args), { code, stderr: said }, args.join(' '));
});
