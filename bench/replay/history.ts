import { randomUUID } from 'node:crypto';

import type { ChatEvent } from '../../core/event.ts';
import type { Commit, EventStore } from '../../core/event-store.ts';

const actor = { server: 'north', incarnation: 1 };
const users = 1_000;
const rooms = 50;
/** A log is filled quickest by large commits, a few at a time. */
const eventsOfCommit = 200;
const underWay = 4;
const text = 'A message of a usual length, as people write them to one another all day.';

/**
 * Fills a log of one partition with so many events of a busy day: at first somebody comes into each
 * room, then nine in ten are messages, and the others come and go. Each is of a command of its own.
 */
export async function fill(events: EventStore, howMany: number): Promise<void> {
  const writer = events.writer('bench', 1);
  const commits = Array.from({ length: Math.ceil(howMany / eventsOfCommit) }, (_, place) => {
    const first = place * eventsOfCommit;
    return { first, size: Math.min(eventsOfCommit, howMany - first) };
  }).toReversed();
  const append = async (): Promise<void> => {
    for (let commit = commits.pop(); commit !== undefined; commit = commits.pop()) {
      const { first, size } = commit;
      const { status } = await writer.append(commitOf(first, size));
      // On a machine that does much else an answer may come late: what it was does not matter here.
      if (status !== 'appended' && status !== 'unknown')
        throw new Error(`a commit was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: underWay }, append));
  await writer.close();
}

function commitOf(first: number, size: number): Commit {
  const parts = Array.from({ length: size }, (_, number) => {
    const { stream, event } = eventAt(first + number);
    const id = randomUUID();
    return { stream, expected: 'any', events: [{ id, actor, cause: id, event }] } as const;
  });
  return { partition: 0, parts };
}

function eventAt(number: number): { readonly stream: string; readonly event: ChatEvent } {
  const user = `user-${(number * 7) % users}`;
  const room = `room-${(number * 13) % rooms}`;
  const session = `${user}-session`;
  const at = `room:${room}`;
  const joined = { room, name: room, user, session, server: 'north', incarnation: 1 };
  if (number < rooms) return { stream: at, event: { type: 'RoomJoined', data: joined } };
  if (number % 10 > 0)
    return { stream: at, event: { type: 'MessagePosted', data: { room, user, session }, text } };
  switch ((number / 10) % 5) {
    case 0: {
      const data = { user, session, server: 'north', incarnation: 1 };
      return { stream: `session:${user}`, event: { type: 'SessionOpened', data } };
    }
    case 1:
    case 2:
      return { stream: at, event: { type: 'RoomJoined', data: joined } };
    case 3:
      return { stream: at, event: { type: 'RoomLeft', data: { room, user, session } } };
    default: {
      const target = `user-${(number * 11) % users}`;
      const data = { user, target };
      return { stream: `following:${user}`, event: { type: 'UserSubscribed', data } };
    }
  }
}
