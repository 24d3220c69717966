import { deepStrictEqual } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CheckpointFolder, readCheckpoints } from '../../adapters/audit/checkpoint-folder.ts';
import { auditLog } from '../../adapters/audit/log-audit.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import { keepCheckpoints } from '../../server/checkpoint-keeper.ts';
import { Sealer } from '../../server/sealer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { commitTo, messagePosted } from '../support/events.ts';
import { rule } from '../support/given.ts';

const key = testKey();

async function sealedTimes(times: number) {
  const memory = openMemory();
  const { events } = memory;
  const sealer = new Sealer(events, key, 'a');
  for (let time = 0; time < times; time++) {
    await events.writer('a', 1).append(commitTo('room:lobby', messagePosted('hello')));
    await sealer.seal(0);
  }
  return memory;
}

async function inFolder(check: (path: string, folder: CheckpointFolder) => Promise<void>) {
  const parent = mkdtempSync(join(tmpdir(), 'securechat-checkpoints-'));
  const path = join(parent, 'kept', 'here');
  try {
    await check(path, new CheckpointFolder(path));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

rule('every checkpoint of the log is kept, and the log agrees with them', () =>
  inFolder(async (path, folder) => {
    const { events } = await sealedTimes(55);
    await keepCheckpoints(events, folder, 0);
    const others = await readCheckpoints(path);
    deepStrictEqual(others.length, 55);
    const evidence = { keys: [key.verifier], others };
    deepStrictEqual((await auditLog(events, evidence, () => {})).verdict, 'whole');
  }),
);

rule('what is kept is not written again, and what is missing behind it is', () =>
  inFolder(async (path, folder) => {
    const { events } = await sealedTimes(30);
    await keepCheckpoints(events, folder, 0);
    const names = readdirSync(path).toSorted();
    for (const name of names.slice(25)) rmSync(join(path, name));
    await keepCheckpoints(events, folder, 0);
    deepStrictEqual(readdirSync(path).toSorted(), names);
  }),
);

rule('two checkpoints of one size that differ are both kept', () =>
  inFolder(async (path, folder) => {
    const logs = [await sealedTimes(3), await sealedTimes(3)];
    for (const { events } of logs) await keepCheckpoints(events, folder, 0);
    deepStrictEqual((await readCheckpoints(path)).length, 6);
  }),
);
