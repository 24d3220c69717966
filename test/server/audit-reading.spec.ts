import { deepStrictEqual, rejects } from 'node:assert/strict';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { auditStream } from '../../core/stream.ts';
import { recordReading } from '../../server/audit-reading.ts';
import { FaultyStores, lost, unavailable } from '../support/faulty-stores.ts';
import { rule } from '../support/given.ts';

const reading = { what: 'audit verify', holds: 'nothing' } as const;

rule(
  'that a log is read is told also where the store is slow once, and else nothing is handed out',
  async () => {
    const stores = new FaultyStores(openMemory());
    for (const fault of [lost, unavailable]) {
      stores.arrange(fault);
      await recordReading(stores, reading);
    }
    const told = await stores.readStream({ stream: auditStream(0), limit: 9 });
    deepStrictEqual(
      told.map(({ event }) => event.type),
      ['AuditRead', 'AuditRead'],
    );
    stores.arrange(unavailable, undefined, Infinity);
    await rejects(recordReading(stores, reading), {
      name: 'StoreUnreachable',
      message: /try again/,
    });
  },
);
