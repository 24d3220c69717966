import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { auditFile } from '../../adapters/audit/file-audit.ts';
import type { Evidence, LogReport } from '../../adapters/audit/partition-audits.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { emptyChat } from '../../core/views/chat.ts';
import { stateOf } from '../../core/views/chat-state.ts';
import { count, reportCount } from '../counts.ts';
import { cut, edit, editWithLeaves, empty, insert, remove, reorder } from './attacks.ts';
import { file, kept } from './filed.ts';
import { SealedRecords, sealedLog, testKey } from './sealed-records.ts';

const key = testKey();
const log = sealedLog(key);
const behind = log.filed();
const { records } = log;
const size = records.length;
const others = kept(log.notes);
const byItself: Evidence = { keys: [key.verifier], others: [] };
const quiet = (): void => {};

/** Positions spread over the log, each below its last checkpoint. */
const positions = Array.from(
  { length: count('attackedPositions') },
  (_, index) => 1 + Math.floor((index * (size - 1)) / count('attackedPositions')),
);

const audit = (path: string, evidence = byItself) => auditFile(path, evidence, quiet);

const isCheckpoint = ({ meta }: StoredRecord): boolean =>
  Buffer.from(meta).includes('CheckpointSigned');

function firstOf({ verdict, findings }: LogReport): object {
  const { position, through, what } = findings[0] ?? {};
  return { verdict, position, through, what };
}

await test('an export that nobody has touched is whole', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  file(path, records, [behind]);
  const report = await audit(path, { keys: [key.verifier], others });
  t.match(report, {
    verdict: 'whole',
    findings: [],
    partitions: [{ records: size, sealed: size, keys: [key.verifier.text] }],
  });
});

await test('an export that checkpoints kept elsewhere outgrew is an earlier one, told once', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const later = new SealedRecords(key, records);
  for (let round = 0; round < 3; round++) {
    later.seal();
    later.say(20);
  }
  later.seal();
  const evidence = { keys: [key.verifier], others: kept(later.notes) };
  file(path, records, [behind]);
  const last = later.records.length - 1;
  t.match(await audit(path, evidence), {
    verdict: 'earlier',
    findings: [{ kind: 'earlier', position: size + 1, through: last }],
  });
  t.equal((await audit(path, evidence)).findings.length, 1);
  file(path, edit(records, 30), [behind]);
  t.equal((await audit(path, evidence)).verdict, 'tampered', 'an edit is one all the same');
  file(path, cut(records, size), [behind]);
  t.equal((await audit(path, evidence)).verdict, 'tampered', 'and a cut below its last checkpoint');
});

await test('an end that no kept checkpoint knows is called unknown, whoever sealed it, and a fork of a known size is one', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const last = others.at(-2)?.size ?? 0;
  const fork = new SealedRecords(key, records.slice(0, last + 1));
  fork.say(3);
  file(path, fork.records, [fork.filed()]);
  const by = { keys: [key.verifier], others };
  const { verdict, findings } = await audit(path, by);
  t.match(
    { verdict, findings },
    { verdict: 'unknown', findings: [{ position: last + 1, through: last + 4 }] },
  );
  t.match(findings[0]?.what, `know the log at ${last}, as it is here, and then at ${size}`);
  t.equal(findings.length, 1);
  // The first that is kept is larger: nothing of the file is known elsewhere.
  const beyond = { keys: [key.verifier], others: others.slice(-1) };
  t.match(await audit(path, beyond), {
    verdict: 'unknown',
    findings: [{ position: 1, what: /know the log at \d+: whether/ }],
  });
  while (fork.records.length < size) fork.say(1);
  file(path, fork.records, [fork.filed()]);
  t.equal((await audit(path, by)).verdict, 'tampered');
});

await test('an export is an earlier one also when the key was changed after it', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const next = testKey();
  const later = new SealedRecords(key, records);
  later.seal();
  later.publish(next, key);
  later.seal();
  later.say(5);
  later.seal(next);
  file(path, records, [behind]);
  const { verdict, findings } = await audit(path, {
    keys: [key.verifier],
    others: kept(later.notes),
  });
  t.match(
    { verdict, findings },
    { verdict: 'earlier', findings: [{ what: /\(1 of them signed by no key that counts here/ }] },
  );
  t.equal(findings.length, 1);
});

await test('what is told first is why: that the file breaks off, and where, or that another key was given', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  file(path, records, [behind]);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 7).join('\n')}\n`);
  for (const evidence of [byItself, { keys: [], others: [] }])
    t.match(firstOf(await audit(path, evidence)), {
      position: 7,
      what: 'is missing: the file breaks off',
    });
  writeFileSync(path, `${lines.slice(0, 7).join('\n')}\n${lines[7]?.slice(0, 20)}`);
  t.match(firstOf(await audit(path)), { position: 7, what: /line 8: the file breaks off/ });
  file(path, records, [behind]);
  t.match(firstOf(await audit(path, { keys: [testKey().verifier], others: [] })), {
    position: records.findIndex(isCheckpoint) + 1,
    what: /not signed by the key that you gave/,
  });
});

await test('a first line that says another epoch than the records is found', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  file(path, records, [behind], { epochs: ['epoch-2'] });
  const { verdict, findings } = await audit(path);
  t.match(
    { verdict, findings },
    { verdict: 'tampered', findings: [{ what: /the first line says/ }] },
  );
  file(path, records, [behind], { epochs: [] });
  t.equal((await audit(path)).verdict, 'tampered');
});

await test('of a slice, and of an unknown format, it is said that nothing is proved', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const before = { positions: [20], state: stateOf(emptyChat()) };
  file(path, records.slice(20, 40), [], { before });
  await t.rejects(audit(path), { name: 'StoreUnusable', message: /part of a log.*proves nothing/ });
  file(path, records, [behind], { format: 9 });
  await t.rejects(audit(path), { name: 'StoreUnusable', message: /format 9/ });
});

await test('how many partitions there are is sealed, so that none can be left out or put to it', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  for (const partitions of [2, 0, 1e12]) {
    file(path, records, [behind], { partitions });
    const { verdict, findings } = await audit(path);
    t.match({ verdict, findings }, { verdict: 'tampered', findings: [{ position: 1 }] });
  }
  const beside = records.map((record) => ({ ...record, partition: 1 }));
  file(path, [...records, ...beside], [behind, { ...behind, partition: 1 }]);
  const { verdict, findings } = await audit(path);
  t.match({ verdict, findings }, { verdict: 'tampered', findings: [{ partition: 1 }] });
});

for (const [name, attack] of Object.entries({ edit, remove, insert, reorder }))
  await test(`${name}: the record is named at which an export is not what was sealed`, async (t) => {
    const path = join(t.testdir(), 'log.ndjson');
    const astray: object[] = [];
    for (const position of positions) {
      file(path, attack(records, position), [behind]);
      const { verdict, findings } = await audit(path);
      const [found] = findings;
      const isNamed = found?.position === position && found.through === position;
      if (verdict !== 'tampered' || !isNamed) astray.push({ position, found });
    }
    t.same(astray, []);
    reportCount(t, 'attackedPositions', positions.length);
  });

await test('an edit that leaf hashes were made to fit is found by the range that differs', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const astray: object[] = [];
  for (const position of positions) {
    file(path, editWithLeaves(records, position), [behind]);
    const report = await audit(path);
    const [first] = report.findings;
    const isNamed = first && first.position <= position && position <= first.through;
    if (report.verdict !== 'tampered' || !isNamed) astray.push({ position, first });
  }
  t.same(astray, []);
});

await test('cut: the first record that is missing is named, and the checkpoint that covers it', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const astray: object[] = [];
  for (const position of positions) {
    file(path, cut(records, position), []);
    const [first] = (await audit(path, { keys: [key.verifier], others })).findings.filter(
      ({ what }) => /is missing/.test(what),
    );
    if (first?.position !== position) astray.push({ position, first });
    // The checkpoint behind the records tells as well, when it was left there.
    file(path, cut(records, position), [behind]);
    const report = await audit(path);
    if (report.verdict !== 'tampered') astray.push({ position, report });
  }
  t.same(astray, []);
  reportCount(t, 'attackedPositions', positions.length);
});

await test('empty: a log without records is none, and contradicts what was kept', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const astray: object[] = [];
  for (const position of positions) {
    file(path, empty(cut(records, position), 1), position % 2 === 0 ? [behind] : []);
    for (const evidence of [byItself, { keys: [key.verifier], others }]) {
      const found = (await audit(path, evidence)).findings[0];
      if (found?.position !== 1) astray.push({ position, found });
    }
  }
  t.same(astray, []);
  reportCount(t, 'attackedPositions', positions.length);
});

await test('fork: another end, sealed with the right key, contradicts the checkpoints kept elsewhere', async (t) => {
  const path = join(t.testdir(), 'log.ndjson');
  const astray: object[] = [];
  for (const position of positions) {
    const fork = new SealedRecords(key, cut(records, position));
    while (fork.records.length < size) fork.say(10);
    file(path, fork.records, [fork.filed()]);
    if ((await audit(path)).verdict !== 'whole') astray.push({ position });
    const [found] = (await audit(path, { keys: [key.verifier], others })).findings;
    const contradicted = others.find((one) => one.size >= position);
    const isNamed = found && found.position <= position && found.through === contradicted?.size;
    if (!isNamed) astray.push({ position, found, contradicted });
  }
  t.same(astray, []);
  reportCount(t, 'attackedPositions', positions.length);
});
