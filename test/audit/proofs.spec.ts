import { deepStrictEqual, match, ok, rejects, throws } from 'node:assert/strict';
import { checkProof, formatConsistency, formatInclusion } from '../../adapters/audit/proof-file.ts';
import { NotProvable, SealedLog } from '../../adapters/audit/sealed-log.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { rule } from '../support/given.ts';
import { edit } from './attacks.ts';
import { sealedLog, testKey } from './sealed-records.ts';

const key = testKey();
const log = sealedLog(key, 4);
const sizes = log.records.flatMap(({ meta }) => {
  const { type, data } = JSON.parse(Buffer.from(meta).toString()) as {
    type: string;
    data: { size: number };
  };
  return type === 'CheckpointSigned' ? [data.size] : [];
});

const sourceOf = (records: readonly StoredRecord[]): LogSource => ({
  info: { format: 1, partitions: 1 },
  head: async () => ({ position: records.length, first: 1, epoch: 'epoch-1' }),
  readStored: async (_, from, limit) => records.slice(from - 1, from - 1 + limit),
});

const read = (records: readonly StoredRecord[] = log.records): Promise<SealedLog> =>
  SealedLog.read(sourceOf(records), 0, []);

rule('every sealed record is proved to anybody who has the public key', async () => {
  const sealed = await read();
  for (let position = 1; position <= (sizes.at(-1) ?? 0); position++) {
    const proof = formatInclusion(await sealed.proveInclusion(position));
    const checked = checkProof(proof, [key.verifier]);
    match(
      'proves' in checked ? checked.proves : checked.fault,
      new RegExp(`position ${position} `),
    );
    ok('fault' in checkProof(proof, [testKey().verifier]), 'not with another key');
  }
});

rule('a proof of another record, place or time proves nothing', async () => {
  const proof = formatInclusion(await (await read()).proveInclusion(5));
  const changes: readonly [string | RegExp, string][] = [
    [/"n": 5/, '"n": 6'],
    [/"t": \d+/, '"t": 1'],
    [/"r": \d+/, '"r": 99'],
    ['room:lobby', 'room:other'],
    [/"b": "[^"]+"/, '"b": "AEE="'],
    [/"m": "\{/, '"m": "{ '],
  ];
  for (const [from, to] of changes)
    ok('fault' in checkProof(proof.replace(from, to), [key.verifier]), String(from));
});

rule('each checkpoint is proved to begin each later one', async () => {
  const sealed = await read();
  for (const older of sizes)
    for (const newer of sizes) {
      const checked = checkProof(formatConsistency(sealed.proveConsistency(older, newer)), []);
      ok('proves' in checked && checked.key === key.verifier.text);
    }
});

rule('what was not sealed cannot be proved, and what was changed is not', async () => {
  const sealed = await read();
  await rejects(sealed.proveInclusion(log.records.length), NotProvable);
  throws(() => sealed.proveConsistency(1, sizes[0] ?? 0), NotProvable);
  const changed = await read(edit(log.records, 7));
  await rejects(changed.proveInclusion(3), NotProvable);
});

rule('what is no proof is none', () => {
  for (const text of ['', '{}', '[]', 'null', '{"securechat":"inclusion-proof","version":1}'])
    deepStrictEqual('fault' in checkProof(text, [key.verifier]), true, text);
});
