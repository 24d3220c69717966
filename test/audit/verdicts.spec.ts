import { deepStrictEqual, match } from 'node:assert/strict';
import { vouchFor } from '../../adapters/audit/key-voucher.ts';
import { PartitionAudit } from '../../adapters/audit/partition-audit.ts';
import { newEvent } from '../support/events.ts';
import { rule } from '../support/given.ts';
import { kept } from './filed.ts';
import { SealedRecords, testKey } from './sealed-records.ts';

const key = testKey();

/** What is found of a log, in the order of the records. */
function findingsOf(
  log: Pick<SealedRecords, 'records'>,
  { keys = [] as (typeof key)[], notes = [] as readonly string[] } = {},
) {
  const evidence = {
    keys: keys.map(({ verifier }) => verifier),
    others: kept(notes),
    partitions: 1,
  };
  const audit = new PartitionAudit(0, evidence);
  for (const record of log.records) audit.add(record);
  return audit.report();
}

function sealed(): SealedRecords {
  const log = new SealedRecords(key);
  log.say(10);
  log.seal();
  log.say(5);
  return log;
}

rule('a log is sealed up to its last checkpoint, and what follows is no finding', () => {
  const { records, sealed: size, findings } = findingsOf(sealed());
  deepStrictEqual([records, size, findings], [18, 12, []]);
});

rule('what a log that was set back has lost is told apart from what was taken out', () => {
  const before = sealed();
  before.seal();
  const after = new SealedRecords(key, before.records.slice(0, 14));
  after.startEpoch('epoch-2', 15);
  after.say(9);
  after.seal();
  const { findings, losses } = findingsOf(after, { notes: before.notes });
  deepStrictEqual(losses, [{ epoch: 'epoch-1', from: 15 }]);
  deepStrictEqual(
    findings.map(({ kind }) => kind),
    ['lost'],
  );
  const cut = new SealedRecords(key, before.records.slice(0, 14));
  cut.say(9);
  deepStrictEqual(
    findingsOf(cut, { notes: before.notes }).findings.map(({ kind }) => kind),
    ['tampered'],
  );
});

rule('what was lost is told once, however many checkpoints were kept of it', () => {
  const before = sealed();
  for (let round = 0; round < 3; round++) {
    before.say(2);
    before.seal();
  }
  const after = new SealedRecords(key, before.records.slice(0, 14));
  after.startEpoch('epoch-2', 15);
  after.say(40);
  after.seal();
  const { findings } = findingsOf(after, { notes: before.notes });
  deepStrictEqual(
    findings.map(({ kind, position, through }) => ({ kind, position, through })),
    [{ kind: 'lost', position: 13, through: before.records.length - 1 }],
  );
  match(findings[0]?.what ?? '', /the 3 checkpoints of sizes \d+ to \d+ and epoch epoch-1, kept/);
});

rule('a log that was lost as a whole, and begun anew, says so too', () => {
  const before = sealed();
  const after = new SealedRecords(key);
  after.records.length = 0;
  after.startEpoch('epoch-2', 1);
  const { findings } = findingsOf(after, { keys: [key], notes: before.notes });
  deepStrictEqual(
    findings.map(({ kind }) => kind),
    ['lost'],
  );
});

rule('the next key counts when the one before vouches for it, and so does the one after', () => {
  const [next, last, log] = [testKey(), testKey(), sealed()];
  log.publish(next, key);
  log.seal(next);
  log.publish(last, next);
  log.say(3);
  log.seal(last);
  deepStrictEqual(findingsOf(log).findings, []);
  deepStrictEqual(findingsOf(log, { keys: [key] }).findings, []);
});

rule('a key for which nobody vouches does not count, also when its publication was sealed', () => {
  const stranger = testKey();
  // Who can write to the store publishes it, and the servers seal whatever they find there.
  for (const signer of [undefined, stranger, testKey()])
    for (const keys of [[], [key]]) {
      const log = sealed();
      log.publish(stranger, signer);
      log.seal();
      log.say(3);
      deepStrictEqual(findingsOf(log, { keys }).findings, []);
      log.seal(stranger);
      const [found, ...others] = findingsOf(log, { keys }).findings;
      deepStrictEqual([found?.position, others], [log.records.length, []]);
      match(found?.what ?? '', /no earlier key vouches|that one does not vouch/);
    }
});

rule('what vouches for one key does not vouch for another, nor does a checkpoint', () => {
  const [next, stranger, log] = [testKey(), testKey(), sealed()];
  const [checkpoint] = log.notes;
  for (const note of [vouchFor(key, next.verifier), checkpoint ?? '']) {
    const data = { key: stranger.verifier.text, note };
    log.add('signing-keys:0', newEvent({ type: 'SigningKeyPublished', data }));
  }
  log.seal(stranger);
  deepStrictEqual(findingsOf(log).findings[0]?.position, log.records.length);
});

rule('a log that was sealed anew with another key is only found by who pins the right one', () => {
  const stranger = testKey();
  const log = new SealedRecords(stranger);
  log.say(10);
  log.seal();
  deepStrictEqual(findingsOf(log).findings, []);
  match(
    findingsOf(log, { keys: [key] }).findings[0]?.what ?? '',
    /not signed by the key that you gave/,
  );
});

rule('a checkpoint kept elsewhere that is signed by another key is a finding', () => {
  const [mine, other] = [sealed(), new SealedRecords(testKey())];
  other.say(10);
  other.seal();
  match(findingsOf(mine, { notes: other.notes }).findings[0]?.what ?? '', /kept elsewhere/);
});

rule('a checkpoint that says other things than its note is found where it stands', () => {
  const log = sealed();
  const at = log.records.findIndex(({ body }) => (body?.length ?? 0) > 100);
  const record = log.records[at];
  if (record === undefined) throw new Error('there is a checkpoint');
  const meta = Buffer.from(Buffer.from(record.meta).toString().replace('"size":12', '"size":11'));
  const { findings } = findingsOf({ records: log.records.with(at, { ...record, meta }) });
  deepStrictEqual(
    findings.map(({ position }) => position),
    [at + 1],
  );
});

rule('what was erased is told, and is no finding', () => {
  const log = sealed();
  const data = { user: 'alice', unreached: [] };
  log.add('account:alice', newEvent({ type: 'UserErased', data }));
  log.seal();
  const { erased, findings } = findingsOf(log);
  deepStrictEqual([erased, findings], [['alice'], []]);
});
