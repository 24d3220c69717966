import { join } from 'node:path';
import { test } from 'tap';

import { auditFile } from '../../adapters/audit/file-audit.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import { planExport, writeExport } from '../../server/log-export.ts';
import { sealedAtOnceMax, Sealer } from '../../server/sealer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { commitTo, messagePosted } from '../support/events.ts';

const key = testKey();

await test('an export whose checkpoint is of an epoch that begins behind it is whole', async (t) => {
  const { events, log } = openMemory();
  const writer = events.writer('a', 1);
  const say = async (howMany: number): Promise<void> => {
    for (let said = 0; said < howMany; said++)
      await writer.append(commitTo('room:lobby', messagePosted(`message ${said}`)));
  };
  await say(5);
  await new Sealer(events, key, 'a').seal(0);
  await say(sealedAtOnceMax + 100);
  log.setBack(0, sealedAtOnceMax + 90);
  // It is ended when it has sealed the first thousand, before the place where the epoch begins.
  const killed = new Sealer(events, key, 'b');
  const forget = log.onAppend(() => void killed.close());
  t.equal(await killed.seal(0), 'unavailable');
  forget();
  const path = join(t.testdir(), 'log.ndjson');
  const plan = await planExport(events, undefined);
  t.ok(plan.leftOut > 80, 'with what was left out the epoch begins');
  await writeExport(path, events, plan);
  const { verdict, findings } = await auditFile(
    path,
    { keys: [key.verifier], others: [] },
    () => {},
  );
  t.same([verdict, findings], ['whole', []]);
});
