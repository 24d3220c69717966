import { openMemory } from '../../adapters/memory/event-store.ts';
import type { EventStore } from '../../core/event-store.ts';
import type { ChatEvent } from '../../core/event.ts';
import { commitOf } from '../../server/appender.ts';

/** One commit of a history that a test writes. */
export interface Written {
  readonly stream: string;
  readonly event: ChatEvent;
  /** How long after the commit before it, in milliseconds; none unless given. */
  readonly afterMs?: number;
}

/** When the histories of tests begin: 2026-11-27 06:19:52 UTC. */
export const beginsAt = Date.UTC(2026, 10, 27, 6, 19, 52);

/** A log in memory that holds this, each in the partition of its stream, and can be read. */
export async function historyOf(writing: readonly Written[], partitions = 1): Promise<EventStore> {
  const clock = { now: beginsAt };
  const { events } = openMemory({ partitions, now: () => clock.now });
  await write(events, writing, clock);
  return events;
}

/** Writes a history into a store, which asks this clock for the time. */
export async function write(
  events: EventStore,
  writing: readonly Written[],
  clock: { now: number },
): Promise<void> {
  const writer = events.writer('north', 1);
  for (const { stream, event, afterMs = 0 } of writing) {
    clock.now += afterMs;
    const actor = { server: 'north', incarnation: 1 };
    const { status } = await writer.append(
      commitOf(actor, [{ stream, expected: 'any', events: [event] }]),
    );
    if (status !== 'appended') throw new Error(`a commit was answered ${status}`);
  }
  await writer.close();
}

/** A user says something in the lobby. */
export const says = (user: string, text: string, afterMs = 0): Written => ({
  stream: 'room:lobby',
  event: { type: 'MessagePosted', data: { room: 'lobby', user, session: `${user}1` }, text },
  afterMs,
});

/** A user comes into a room, on the server north. */
export const joins = (user: string, room = 'lobby', afterMs = 0): Written => ({
  stream: `room:${room}`,
  event: {
    type: 'RoomJoined',
    data: { room, name: room, user, session: `${user}1`, server: 'north', incarnation: 1 },
  },
  afterMs,
});
