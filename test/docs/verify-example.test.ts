import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';

import { auditFile } from '../../adapters/audit/file-audit.ts';
import { cut, edit, editWithLeaves, empty, insert, remove, reorder } from '../audit/attacks.ts';
import { file, kept } from '../audit/filed.ts';
import { SealedRecords, sealedLog, testKey } from '../audit/sealed-records.ts';

const example = fileURLToPath(new URL('../../../docs/examples/verify.py', import.meta.url));
const linesMax = 150;
const key = testKey();
const log = sealedLog(key, 3);
const behind = log.filed();
const others = kept(log.notes);
const { records } = log;
const positions = [1, 5, 30, records.length - 1];

/** What the example says: its exit code and its first line. */
function verified(path: string, folder?: string): { code: number | null; said: string } {
  const more = folder === undefined ? [] : ['--checkpoints', folder];
  const args = [example, path, '--key', key.verifier.text, ...more];
  const { status, stdout, stderr, error } = spawnSync('python3', args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error('python3 is needed for this test', { cause: error });
  if (stderr !== '') throw new Error(stderr);
  return { code: status, said: stdout.split('\n')[0] ?? '' };
}

function keptIn(t: Test): string {
  const folder = join(t.testdir(), 'kept');
  mkdirSync(folder, { recursive: true });
  for (const [number, note] of log.notes.entries())
    writeFileSync(join(folder, `${number}.note`), note);
  return folder;
}

await test('openssl, which the example asks for signatures, is here', (t) => {
  t.equal(spawnSync('openssl', ['version']).status, 0, 'openssl is needed for this test');
  t.end();
});

await test('the example is short enough to be read', async (t) => {
  t.ok(readFileSync(example, 'utf8').trimEnd().split('\n').length <= linesMax);
});

await test('the example finds a whole export whole', async (t) => {
  const folder = keptIn(t);
  const path = join(folder, 'log.ndjson');
  file(path, records, [behind]);
  t.same(verified(path, folder), { code: 0, said: 'whole' });
});

for (const [name, attack] of Object.entries({ edit, remove, insert, reorder, editWithLeaves }))
  await test(`the example finds the same first bad record as the program: ${name}`, async (t) => {
    const path = join(t.testdir(), 'log.ndjson');
    for (const position of positions) {
      file(path, attack(records, position), [behind]);
      const report = await auditFile(path, { keys: [key.verifier], others: [] }, () => {});
      const { code, said } = verified(path);
      t.equal(code, 1);
      t.match(said, `partition 0: position ${report.findings[0]?.position} `, `${position}`);
    }
  });

/** What somebody may make of a line, by its number, and whether the log is the same then. */
const changes: Readonly<Record<string, readonly [number, (line: string) => string, boolean?]>> = {
  'another form of a number': [5, (line) => line.replace('"n":4,', '"n":4.0,'), true],
  'an exponent': [5, (line) => line.replace('"n":4,', '"n":4e0,'), true],
  'no whole number': [5, (line) => line.replace('"n":4,', '"n":4.5,')],
  'no number': [5, (line) => line.replace('"n":4,', '"n":NaN,')],
  'a number past all': [5, (line) => line.replace('"n":4,', '"n":4e400,')],
  'a truth': [2, (line) => line.replace('"n":1,', '"n":true,')],
  'a link of three': [5, (line) => line.replace('"m":', '"l":["a",1,2],"m":')],
  'a list': [5, () => '[]'],
  'a text': [5, () => '"checkpoint"'],
  nothing: [5, () => ''],
  'no JSON': [5, () => 'no'],
  'a checkpoint that is none': [records.length + 2, () => '{"checkpoint":[1]}'],
  'no end': [records.length + 3, () => '{"end":{}}'],
  'a first line in the middle': [4, () => '{"securechat":"log","version":1}'],
};

for (const [name, [number, change, isSame = false]] of Object.entries(changes))
  await test(`the example judges a malformed line as the program does, and says which: ${name}`, async (t) => {
    const path = join(t.testdir(), 'log.ndjson');
    file(path, records, [behind]);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.with(number - 1, change(lines[number - 1] ?? '')).join('\n'));
    const report = await auditFile(path, { keys: [key.verifier], others: [] }, () => {});
    t.equal(report.verdict, isSame ? 'whole' : 'tampered');
    const { code, said } = verified(path);
    t.equal(code, isSame ? 0 : 1);
    if (isSame) return;
    t.match(report.findings[0]?.what, `line ${number}`);
    t.match(
      said,
      `position ${report.findings[0]?.position} cannot be read in or behind line ${number}`,
    );
  });

await test('the example looks at the format, the epochs and the end of a file, as the program does', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  file(path, records, [behind], { format: 9 });
  t.match(verified(path), { code: 1, said: /unknown format/ });
  for (const epochs of [['epoch-2'], []]) {
    file(path, records, [behind], { epochs });
    t.match(verified(path), { code: 1, said: /position \d+ follows epoch epoch-1, and the first/ });
  }
  file(path, records, [behind]);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 7).join('\n')}\n`);
  t.match(verified(path), { code: 1, said: /position 7 .*the file breaks off/ });
});

await test('to the example a next key counts when the one before vouches for it, as to the program', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  for (const [signer, code] of [
    [key, 0],
    [undefined, 1],
    [testKey(), 1],
  ] as const) {
    const [next, changed] = [testKey(), new SealedRecords(key, records)];
    changed.publish(next, signer);
    changed.seal();
    changed.say(3);
    file(path, changed.records, [changed.filed(next)]);
    const { verdict } = await auditFile(path, { keys: [key.verifier], others: [] }, () => {});
    t.same([verified(path).code, verdict], [code, code === 0 ? 'whole' : 'tampered']);
  }
});

await test('the example finds what only checkpoints kept elsewhere can show', async (t) => {
  const folder = keptIn(t);
  const path = join(folder, 'log.ndjson');
  for (const position of positions) {
    const fork = new SealedRecords(key, cut(records, position));
    while (fork.records.length < records.length) fork.say(5);
    file(path, fork.records, [fork.filed()]);
    t.equal(verified(path).code, 0, 'by itself it is whole');
    const by = { keys: [key.verifier], others };
    t.equal((await auditFile(path, by, () => {})).verdict, 'tampered');
    t.match(verified(path, folder), { code: 1, said: /contradicts what was kept elsewhere/ });
    file(path, cut(records, position), []);
    t.equal(verified(path, folder).code, 1, 'cut');
    file(path, empty(records, position), []);
    t.equal(verified(path, folder).code, 1, 'empty');
  }
});
