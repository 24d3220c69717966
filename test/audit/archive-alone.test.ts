import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Test, test } from 'tap';

import { auditFile } from '../../adapters/audit/file-audit.ts';
import type { Evidence } from '../../adapters/audit/partition-audits.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { edit, remove } from './attacks.ts';
import { file, kept } from './filed.ts';
import { sealedLog, testKey } from './sealed-records.ts';

const key = testKey();
const log = sealedLog(key, 4);
const { records } = log;
const byItself: Evidence = { keys: [key.verifier], others: [] };
const withKept: Evidence = { keys: [key.verifier], others: kept(log.notes) };
/** Where the files of the archive end; the log has more. */
const ends = [30, 31, records.length - 20];
/** What the last checkpoint in the archive covers: the next one stands behind what was trimmed. */
const sealed = kept(log.notes).findLast(({ size }) => size < (ends.at(-1) ?? 0))?.size ?? 0;
const audit = (path: string, evidence = byItself) => auditFile(path, evidence, () => {});

function archive(t: Test, given: readonly StoredRecord[] = records): string {
  const dir = join(t.testdir(), 'kept');
  mkdirSync(dir, { recursive: true });
  for (const [index, through] of ends.entries())
    part(dir, given, (ends[index - 1] ?? 0) + 1, through);
  return dir;
}

/** As a log that was set back later writes it: the first line has the epoch of that time. */
function part(dir: string, given: readonly StoredRecord[], from: number, through: number): string {
  const plain = join(dir, 'unfinished');
  file(plain, given.slice(from - 1, through), [], { epochs: ['epoch-9'] });
  const path = join(dir, `log-p0-${from}-${through}.ndjson.gz`);
  writeFileSync(path, gzipSync(readFileSync(plain)));
  rmSync(plain);
  return path;
}

await test('an archive by itself is a part of a log, sealed so far, and what is not judged is named', async (t) => {
  const dir = archive(t);
  const size = ends.at(-1) ?? 0;
  const { verdict, partitions, findings } = await audit(dir);
  t.match(
    { verdict, partitions, findings },
    {
      verdict: 'part',
      partitions: [{ records: size, sealed }],
      findings: [{ kind: 'part', position: sealed + 1, through: size, what: /are not judged/ }],
    },
  );
  t.equal(findings.length, 1);
  const first = await audit(join(dir, `log-p0-1-${ends[0]}.ndjson.gz`));
  t.match(first, { verdict: 'part', partitions: [{ records: ends[0] }] });
});

await test('checkpoints kept elsewhere tell more of an archive, and contradict it where they do', async (t) => {
  const dir = archive(t);
  t.match(await audit(dir, withKept), { verdict: 'part', findings: [{ position: sealed + 1 }] });
  const other = edit(records, sealed - 1);
  t.match(await audit(archive(t, other), withKept), {
    verdict: 'tampered',
    findings: [{ position: sealed - 1 }],
  });
});

await test('what was changed in an archive is found where it was, in whichever of its files', async (t) => {
  for (const position of [2, 30, 31, 32, sealed])
    for (const attack of [edit, remove]) {
      const { verdict, findings } = await audit(archive(t, attack(records, position)));
      t.match(
        { verdict, findings },
        { verdict: 'tampered', findings: [{ position }] },
        `${position}`,
      );
    }
  const dir = archive(t);
  writeFileSync(
    join(dir, 'log-p0-31-31.ndjson.gz'),
    gzipSync(
      '{"securechat":"log","version":1,"format":1,"partitions":1,"epochs":[],"key":null}\nno',
    ),
  );
  t.match(await audit(dir), {
    verdict: 'tampered',
    findings: [{ position: 31, what: /cannot be read in line 2/ }],
  });
});

await test('a file of an archive that lacks what its name says is found', async (t) => {
  const dir = archive(t);
  const [, , last = 0] = ends;
  const plain = join(dir, 'unfinished');
  file(plain, records.slice(31, last - 1), []);
  writeFileSync(join(dir, `log-p0-32-${last}.ndjson.gz`), gzipSync(readFileSync(plain)));
  t.match(await audit(dir), {
    verdict: 'tampered',
    findings: [{ position: last, what: new RegExp(`goes on to ${last}, by its name`) }],
  });
});

await test('what two servers archived at once is judged once', async (t) => {
  const dir = archive(t);
  part(dir, records, 20, 40);
  t.match(await audit(dir), { verdict: 'part', partitions: [{ records: ends.at(-1), sealed }] });
});

await test('of a part without its beginning it is said which part it is, and that it proves nothing', async (t) => {
  const dir = archive(t);
  const late = join(dir, 'log-p0-31-31.ndjson.gz');
  await t.rejects(audit(late), {
    name: 'StoreUnusable',
    message:
      /^log-p0-31-31\S+ is a part of a log, positions 31 to 31 of partition 0, .*proves nothing/,
  });
  rmSync(join(dir, 'log-p0-1-30.ndjson.gz'));
  await t.rejects(audit(dir), { message: /what was before is not here/ });
  part(dir, records, 1, 29);
  await t.rejects(audit(dir), { message: 'The archive lacks position 30 of partition 0.' });
  await t.rejects(audit(t.testdir({})), {
    message: /There is no file of an archive in the folder/,
  });
});
