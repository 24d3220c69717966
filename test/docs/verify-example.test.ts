import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';

import { auditFile } from '../../adapters/audit/file-audit.ts';
import { cut, edit, editWithLeaves, empty, insert, remove, reorder } from '../audit/attacks.ts';
import { file, kept } from '../audit/filed.ts';
import { messagePosted, newEvent } from '../support/events.ts';
import { SealedRecords, sealedLog, testKey } from '../audit/sealed-records.ts';

const example = fileURLToPath(new URL('../../../docs/examples/verify.py', import.meta.url));
const linesMax = 150;
const key = testKey();
const log = sealedLog(key, 3);
const behind = log.filed();
const others = kept(log.notes);
const { records } = log;
const byKey = { keys: [key.verifier], others: [] };
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
  writeFileSync(join(folder, 'other.note'), 'This is no checkpoint.\n');
  return folder;
}

await test('the example is short enough to be read, and openssl is here, which it asks', async (t) => {
  t.equal(spawnSync('openssl', ['version']).status, 0, 'openssl is needed for this test');
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
      const report = await auditFile(path, byKey, () => {});
      const { code, said } = verified(path);
      t.equal(code, 1);
      t.match(said, `partition 0: position ${report.findings[0]?.position} `, `${position}`);
    }
  });

/** What somebody may make of a line, by its number: nothing else than what was written is read. */
const changes: Readonly<Record<string, readonly [number, (line: string) => string]>> = {
  'another form of a number': [5, (line) => line.replace('"n":4,', '"n":4.0,')],
  'an exponent': [5, (line) => line.replace('"n":4,', '"n":4e0,')],
  'less than nothing': [5, (line) => line.replace('"p":0,', '"p":-0,')],
  'no whole number': [5, (line) => line.replace('"n":4,', '"n":4.5,')],
  'no number': [5, (line) => line.replace('"n":4,', '"n":NaN,')],
  'a number past all': [5, (line) => line.replace('"n":4,', '"n":4e400,')],
  'a number of sixteen digits': [5, (line) => line.replace('"t":1004,', '"t":1000000000000000,')],
  'a number as a text': [5, (line) => line.replace('"t":1004,', '"t":"1004",')],
  'a truth': [2, (line) => line.replace('"n":1,', '"n":true,')],
  'a truth for a partition': [5, (line) => line.replace('"p":0,', '"p":false,')],
  'a link of three': [5, (line) => line.replace('"m":', '"l":["a",1,2],"m":')],
  'another member': [5, (line) => line.replace('"m":', '"k":1,"m":')],
  'a member twice': [5, (line) => line.replace('"n":4,', '"n":9,"n":4,')],
  'a member that is missing': [5, (line) => line.replace('"r":', '"l":')],
  'another order': [5, (line) => line.replace('"p":0,"n":4,', '"n":4,"p":0,')],
  'a space': [5, (line) => line.replace('"n":4,', '"n": 4,')],
  'a space behind': [5, (line) => `${line} `],
  'a carriage return': [5, (line) => `${line}\r`],
  'an escape that none needs': [5, (line) => line.replace('"room:', String.raw`"\u0072oom:`)],
  'another form of an escape': [5, (line) => line.replace('"m":"', String.raw`"m":"\u000a`)],
  'half a character': [5, (line) => line.replace('"room:lobby"', String.raw`"\ud83d"`)],
  'half a character in the metadata': [5, (line) => line.replace('"m":"', String.raw`"m":"\ude00`)],
  'something behind base64': [5, (line) => line.replace(/"b":"[^"]*/, '$&!')],
  'another base64': [5, (line) => line.replace(/"b":"[^"]*/, '"b":"AB==')],
  'a list': [5, () => '[]'],
  'a text': [5, () => '"checkpoint"'],
  nothing: [5, () => ''],
  'no JSON': [5, () => 'no'],
  'a checkpoint that is none': [records.length + 2, () => '{"checkpoint":[1]}'],
  'a slash with an escape': [records.length + 2, (line) => line.replace('t/0', String.raw`t\/0`)],
  'something behind the leaf hashes': [
    records.length + 2,
    (line) => line.replace(/"leaves":"[^"]*/, '$&!'),
  ],
  'a range that is no base64': [records.length + 2, (line) => line.replace(/"range":\["/, '$&!')],
  'no end': [records.length + 3, () => '{"end":{}}'],
  'more in the end': [records.length + 3, (line) => line.replace('}}', '},"more":1}')],
  'a first line in the middle': [4, () => '{"securechat":"log","version":1}'],
  'a part of a log that is none': [
    1,
    (line) => line.replace('"key":null', '"key":null,"before":{}'),
  ],
  'another order in the first line': [
    1,
    (line) => line.replace('"format":1,"partitions":1', '"partitions":1,"format":1'),
  ],
  'a key that is a number': [1, (line) => line.replace('"key":null', '"key":1')],
  'a truth in the first line': [1, (line) => line.replace('"partitions":1', '"partitions":true')],
};

for (const [name, [number, change]] of Object.entries(changes))
  await test(`the example refuses a line as the program does, and says which: ${name}`, async (t) => {
    const path = join(t.testdir(), 'log.ndjson');
    file(path, records, [behind]);
    const lines = readFileSync(path, 'utf8').split('\n');
    const before = lines[number - 1] ?? '';
    t.not(change(before), before, 'it was changed');
    writeFileSync(path, lines.with(number - 1, change(before)).join('\n'));
    const report = await auditFile(path, byKey, () => {});
    t.equal(report.verdict, 'tampered');
    const { code, said } = verified(path);
    t.equal(code, 1);
    t.match(report.findings[0]?.what, `line ${number}`);
    t.match(
      said,
      `position ${report.findings[0]?.position} cannot be read in or behind line ${number}`,
    );
  });

await test('the example takes what Python and JavaScript could write in two ways as the program does', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const said = new SealedRecords(key);
  const text = '\u0000\u0001\b\f\n\r\t"\\/\u007f\u0080\u2028\u2029\ufeffé🙂\uffff';
  said.add('room:lobby', newEvent({ ...messagePosted(text).event }));
  said.add(`account:${text.replace('\n', '')}`, { ...messagePosted('x'), cause: text });
  file(path, said.records, [said.filed()]);
  t.equal((await auditFile(path, byKey, () => {})).verdict, 'whole');
  t.same(verified(path), { code: 0, said: 'whole' });
});

/** What somebody may make of a file, and whether it is the same then. */
const remade: Readonly<Record<string, readonly [(text: string) => string, boolean?]>> = {
  'a second end': [(text) => `${text}{"end":{"records":${records.length}}}\n`],
  'no last line feed': [(text) => text.slice(0, -1)],
  'an empty line behind': [(text) => `${text}\n`],
  'a note without its last line feed': [(text) => text.replace(/\\n","range"/, '","range"')],
  'a note with another signature': [
    (text) => text.replace(/\\n","range"/, String.raw`\n— witness.example AAAAAAA=\n","range"`),
    true,
  ],
  'a note with a signature that is none': [
    (text) => text.replace(/\\n","range"/, String.raw`\n— witness.example AAAA\n","range"`),
  ],
  'a note with a line that is no signature': [
    (text) => text.replace(/\\n","range"/, String.raw`\nmore\n","range"`),
  ],
  'leaf hashes that are too short': [(text) => text.replace(/"leaves":"[^"]*/, '"leaves":"AAAA')],
};

for (const [name, [change, isSame = false]] of Object.entries(remade))
  await test(`the example judges a file as the program does: ${name}`, async (t) => {
    const path = join(t.testdir(), 'log.ndjson');
    file(path, records, [behind]);
    const text = readFileSync(path, 'utf8');
    t.not(change(text), text, 'it was changed');
    writeFileSync(path, change(text));
    const { verdict } = await auditFile(path, byKey, () => {});
    t.equal(verdict, isSame ? 'whole' : 'tampered');
    t.equal(verified(path).code, isSame ? 0 : 1);
  });

await test('partition comes after partition, to the example as to the program', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const [one, other] = [0, 1].map((partition) => {
    const sealed = new SealedRecords(key, [], { partition, partitions: 2 });
    sealed.say(3);
    return { records: sealed.records, checkpoint: sealed.filed() };
  });
  if (one === undefined || other === undefined) throw new Error('two partitions');
  const byTurns = one.records.flatMap((record, index) => [record, other.records[index] ?? record]);
  const said = { partitions: 2, epochs: ['epoch-1', 'epoch-1'] };
  for (const [all, checkpoints, isWhole] of [
    [[...one.records, ...other.records], [one.checkpoint, other.checkpoint], true],
    [[...other.records, ...one.records], [one.checkpoint, other.checkpoint], false],
    [[...one.records, ...other.records], [other.checkpoint, one.checkpoint], false],
    [byTurns, [one.checkpoint, other.checkpoint], false],
  ] as const) {
    file(path, all, checkpoints, said);
    t.equal((await auditFile(path, byKey, () => {})).verdict, isWhole ? 'whole' : 'tampered');
    t.equal(verified(path).code, isWhole ? 0 : 1);
  }
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
    const { verdict } = await auditFile(path, byKey, () => {});
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
