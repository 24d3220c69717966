import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import {
  type Commit,
  type EventStore,
  type Recorded,
  StoreUnreachable,
  type Writer,
} from '../core/event-store.ts';
import { leaseMs, type LeaseStore } from '../core/lease-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideServer, type ServerEvent } from '../core/server.ts';
import { partitionOf, serverStream } from '../core/stream.ts';
import { loadServer } from './aggregate.ts';
import { commitOf } from './appender.ts';
import type { ChatOptions } from './chat.ts';
import type { Server } from '../core/server.ts';
import { randomId } from './random-id.ts';
import type { Loaded } from './snapshots.ts';
import type { Stores } from '../core/stores.ts';

export const leaseRefreshMs = 1_000;
/** A lease of the same name that is still held after this long belongs to a server that lives. */
const takeMsMax = leaseMs + 3_000;
const takePauseMs = 250;
const startRetryMs = 250;
const cannotStart =
  'The store can be read but takes no writes: it is full, read-only or cannot reach its disk. Mend that and start again.';

/** A server of this name lives elsewhere. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';

  constructor(server: string) {
    super(
      `A server named ${server} is running already. Stop it, or give this one another name with --name.`,
    );
  }
}

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
 * ServerStarted.
 * @throws {NameTaken} when another server holds the name and goes on holding it.
 * @throws {StoreUnreachable}
 */
export async function beginIncarnation(
  { events, leases }: Stores,
  { name: server, web }: Pick<ChatOptions, 'name' | 'web'>,
  log: Logger,
): Promise<Incarnation> {
  const token = randomId();
  await takeLease(leases, server, token);
  const number = await appendStart(events, server, web).catch(async (error: unknown) => {
    await leases.release(server, token);
    throw error;
  });
  const writer = events.writer(server, number);
  const refresh = setInterval(() => {
    leases.refresh(server, token).then(
      (held) => held || log.warn({ server }, 'the lease of this name is held by another server'),
      (error: unknown) => log.debug({ err: error }, 'the lease was not refreshed'),
    );
  }, leaseRefreshMs);
  const abandon = async (): Promise<void> => {
    clearInterval(refresh);
    await writer.close();
    await leases.release(server, token);
  };
  const stop = async (): Promise<void> => {
    clearInterval(refresh);
    try {
      const stopping = { type: 'StopServer', server, incarnation: number } as const;
      if (!(await endIncarnation(events, stopping)) && (await isRunning(events, server, number)))
        throw new StoreUnreachable('The store could be read, but not told of the stop.');
    } finally {
      await writer.close();
      await leases.release(server, token);
    }
  };
  return { number, writer, stop, abandon };
}

/** How an incarnation ends: by its own stop, or because its lease is missed. */
export interface EndingIncarnation {
  readonly type: 'StopServer' | 'DeclareLost';
  readonly server: string;
  readonly incarnation: number;
  /** Only if nobody holds the server's lease. */
  readonly unlessLeased?: boolean;
}

/**
 * Ends an incarnation in every partition. Its home partition decides; that an incarnation has
 * ended there is completed in the others by everyone who folds it, so no crash leaves it halfway.
 * Answers whether it has ended.
 */
export async function endIncarnation(
  events: EventStore,
  ending: EndingIncarnation,
): Promise<boolean> {
  const { server, incarnation, unlessLeased } = ending;
  const { state, revision } = await loadServer(events, server);
  const decision = decideServer({ type: ending.type, server, incarnation }, state);
  if (decision instanceof Rejection) throw new Error(`An end was refused: ${decision.code}`);
  if (decision.length > 0) {
    const commit = endingCommit(server, incarnation, decision, revision);
    const writer = events.writer(server, 0);
    const { status } = await writer.append({
      ...commit,
      ...(unlessLeased === true && { unlessLeased: server }),
    });
    await writer.close();
    if (status !== 'appended') return false;
  }
  return completeEnd(events, decision[0]?.type ?? 'ServerLost', server, incarnation);
}

/** Whether this record ends an incarnation where that is decided: in its server's home. */
export function endsAtHome({ event, partition }: Recorded, partitions: number): boolean {
  const ends = event.type === 'ServerStopped' || event.type === 'ServerLost';
  return ends && partitionOf(serverStream(event.data.server), partitions) === partition;
}

/** Carries an end from its home partition to the others; one that is there already stays. */
export async function completeEnd(
  events: EventStore,
  type: ServerEvent['type'],
  server: string,
  incarnation: number,
): Promise<boolean> {
  const home = partitionOf(serverStream(server), events.info.partitions);
  const writer = events.writer(server, 0);
  const ended: ServerEvent = {
    type: type === 'ServerStopped' ? type : 'ServerLost',
    data: { server, incarnation },
  };
  let complete = true;
  for (let partition = 0; partition < events.info.partitions; partition++) {
    if (partition === home) continue;
    const commit = endingCommit(server, incarnation, [ended], 'any');
    const { status } = await writer.append({ ...commit, partition });
    complete &&= status === 'appended' || status === 'fenced';
  }
  await writer.close();
  return complete;
}

async function isRunning(
  events: EventStore,
  server: string,
  incarnation: number,
): Promise<boolean> {
  const { state } = await loadServer(events, server);
  return state.status === 'running' && state.incarnation === incarnation;
}

async function takeLease(leases: LeaseStore, server: string, token: string): Promise<void> {
  const until = performance.now() + takeMsMax;
  while (!(await leases.take(server, token))) {
    if (performance.now() > until) throw new NameTaken(server);
    await sleep(takePauseMs);
  }
}

/** Holding the lease, nobody else starts under this name: what still runs in the log is dead. */
async function appendStart(events: EventStore, server: string, web?: string): Promise<number> {
  const start = { type: 'StartServer', server, ...(web !== undefined && { web }) } as const;
  for (;;) {
    const { state, revision }: Loaded<Server> = await loadServer(events, server);
    if (state.status === 'running') {
      const { incarnation } = state;
      const ended = await endIncarnation(events, { type: 'DeclareLost', server, incarnation });
      if (!ended) await sleep(startRetryMs);
      continue;
    }
    const decision = decideServer(start, state);
    if (decision instanceof Rejection) throw new Error(`A start was refused: ${decision.code}`);
    const writer = events.writer(server, 0);
    const part = { stream: serverStream(server), expected: revision, events: decision };
    const actor = { server, incarnation: revision + 1 };
    const { status } = await writer.append(commitOf(actor, [part]));
    await writer.close();
    if (status === 'appended') return revision + 1;
    if (status === 'unavailable') throw new StoreUnreachable(cannotStart);
    await sleep(startRetryMs);
  }
}

function endingCommit(
  server: string,
  incarnation: number,
  events: readonly ServerEvent[],
  expected: number | 'any',
): Commit {
  const part = { stream: serverStream(server), expected, events };
  return { ...commitOf({ server, incarnation }, [part]), ends: { server, incarnation } };
}
