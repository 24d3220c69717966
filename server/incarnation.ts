import type { Logger } from 'pino';

import { toldIfSlow } from '../adapters/told-if-slow.ts';
import { StoreUnreachable, type Writer } from '../core/event-store.ts';
import type { Stores } from '../core/stores.ts';
import type { ChatOptions } from './chat.ts';
import { endIncarnation, isRunning } from './incarnation-end.ts';
import { IncarnationStart, type Patience } from './incarnation-start.ts';
import { holdName } from './name-lease.ts';
import { unlessAborted } from './unless-aborted.ts';

/** One life of a server in the cluster: from its ServerStarted to its end. */
export interface Incarnation {
  /** The revision of its ServerStarted. */
  readonly number: number;
  readonly writer: Writer;
  /** Appends ServerStopped, which ends its sessions, and lets the name go. */
  stop(): Promise<void>;
  /** Lets go of the name and the writer without a word in the log. */
  abandon(): Promise<void>;
}

/**
 * Begins an incarnation: takes the name's lease, ends an incarnation that never ended, and appends
 * ServerStarted. What it waits for is logged once; what was begun in vain is ended.
 * @throws {NameTaken} when another server holds the name and goes on holding it.
 * @throws {StoreUnreachable} also when the start is not confirmed in time
 * @throws the signal's reason, once it is aborted
 */
export async function beginIncarnation(
  stores: Stores,
  { name: server, web }: Pick<ChatOptions, 'name' | 'web'>,
  log: Logger,
  patience: Patience,
): Promise<Incarnation> {
  const { events } = stores;
  const { signal } = patience;
  const held = await toldIfSlow(holdName(stores.leases, server, log, signal), () =>
    log.warn(
      `Waiting for the name ${server}: a server holds it that runs, or that died within the last 5 s …`,
    ),
  );
  const start = new IncarnationStart(stores, server, patience, web);
  const appending = start.append();
  let number: number;
  try {
    const begun = unlessAborted(appending, signal);
    number = await toldIfSlow(begun, () => log.warn(waitingWords(stores, server)));
  } catch (error) {
    const end = async (): Promise<void> => {
      await Promise.allSettled([appending]);
      await endBegun(stores, server, start.begun);
    };
    // The name goes at once: who takes it ends what the log cannot be told the end of now.
    for (const undone of await Promise.allSettled([held.release(), end()]))
      if (undone.status === 'rejected') log.debug({ err: undone.reason }, 'a start was not undone');
    throw error;
  }
  const writer = events.writer(server, number);
  const abandon = async (): Promise<void> => {
    held.refreshNoMore();
    await writer.close();
    await held.release();
  };
  const stop = async (): Promise<void> => {
    held.refreshNoMore();
    try {
      const stopping = { type: 'StopServer', server, incarnation: number } as const;
      if (!(await endIncarnation(events, stopping)) && (await isRunning(events, server, number)))
        throw new StoreUnreachable('The store could be read, but not told of the stop.');
    } finally {
      await writer.close();
      await held.release();
    }
  };
  return { number, writer, stop, abandon };
}

function waitingWords({ replication }: Stores, server: string): string {
  const wanted = replication?.().wanted;
  if (wanted === undefined) return `Waiting for the store to take the start of ${server} …`;
  const replicas = wanted === 1 ? 'a replica' : `${wanted} replicas`;
  return `Waiting for ${replicas} to confirm the start of ${server} …`;
}

async function endBegun(
  { events }: Stores,
  server: string,
  incarnation: number | undefined,
): Promise<void> {
  if (incarnation === undefined || !(await isRunning(events, server, incarnation))) return;
  await endIncarnation(events, { type: 'StopServer', server, incarnation });
}
