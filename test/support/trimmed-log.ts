import pino from 'pino';

import type { EventStore } from '../../core/event-store.ts';
import type { Stores } from '../../core/stores.ts';
import { Trimmer } from '../../server/trimmer.ts';

const dayMs = 86_400_000;

const later = (): number => Date.now() + 2 * dayMs;

/** Trims all that is there but the last record of each partition, as a server does a day later. */
export async function trimAll(stores: Pick<Stores, 'events' | 'leases'>): Promise<void> {
  await new Trimmer({ days: 1 }, stores, pino({ enabled: false }), later).look();
}

/** By partition, where the log begins. */
export async function firstsOf(events: EventStore): Promise<readonly number[]> {
  const firsts: number[] = [];
  for (let partition = 0; partition < events.info.partitions; partition++)
    firsts.push((await events.head(partition)).first);
  return firsts;
}
