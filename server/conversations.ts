import type { DirectMessage } from '../core/delivery.ts';
import type { EventStore } from '../core/event-store.ts';
import { conversationsMax } from '../core/limits.ts';
import { directStream, inboxStream } from '../core/stream.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { directMessage } from './history.ts';
import { recordsBackwards } from './stream-records.ts';

/** An inbox is looked through no further, in each partition: half of its records are read marks. */
const inboxRecordsMax = 1_000;
/** How many records back the last message of a conversation is looked for: behind it lie marks. */
const lastRecordsMax = 16;

/**
 * With whom an account has exchanged direct messages, the latest first: as far as its inbox tells.
 * What it only sent, and was never answered, is in no stream of its own.
 */
export async function conversations(
  { stores }: Chat,
  connection: Connection,
  { user }: HeldSession,
): Promise<void> {
  const { events } = stores;
  const partitions = Array.from({ length: events.info.partitions }, (_, number) => number);
  const received = await Promise.all(partitions.map((one) => lastReceived(events, user, one)));
  const newest = received.flat().toSorted(byTime).slice(0, conversationsMax);
  const last = await Promise.all(newest.map((message) => lastOfBoth(events, message)));
  connection.tell({
    kind: 'conversations',
    conversations: last.toSorted(byTime).map((message) => ({
      peer: message.from === user ? message.recipient : message.from,
      last: message,
    })),
  });
}

/** The last message from each who wrote lately. A conversation lies in one partition. */
async function lastReceived(
  events: EventStore,
  user: string,
  partition: number,
): Promise<readonly DirectMessage[]> {
  const bySender = new Map<string, DirectMessage>();
  let looked = 0;
  const stream = inboxStream(user);
  for await (const recorded of recordsBackwards(events, { stream, partition })) {
    const message = directMessage(recorded);
    if (message !== undefined && !bySender.has(message.from)) bySender.set(message.from, message);
    looked += 1;
    if (looked === inboxRecordsMax || bySender.size === conversationsMax) break;
  }
  return [...bySender.values()];
}

/** The answer to what was received, if it was answered. */
async function lastOfBoth(events: EventStore, received: DirectMessage): Promise<DirectMessage> {
  const stream = directStream(received.from, received.recipient);
  const direction = 'backwards';
  const records = await events.readStream({ stream, direction, limit: lastRecordsMax });
  return records.map(directMessage).find((message) => message !== undefined) ?? received;
}

const byTime = (one: DirectMessage, other: DirectMessage): number => other.at - one.at;
