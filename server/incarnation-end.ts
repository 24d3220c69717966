import { type Commit, type EventStore, type Recorded } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { decideServer, type ServerEvent } from '../core/server.ts';
import { partitionOf, serverStream } from '../core/stream.ts';
import { loadServer } from './aggregate.ts';
import { commitOf } from './appender.ts';

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

/** Whether this incarnation has begun in the log and not ended. @throws {StoreUnreachable} */
export async function isRunning(
  events: EventStore,
  server: string,
  incarnation: number,
): Promise<boolean> {
  const { state } = await loadServer(events, server);
  return state.status === 'running' && state.incarnation === incarnation;
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
