import type { ListedConversation } from '../core/answer.ts';
import type { DirectMessage } from '../core/delivery.ts';
import type { EventStore } from '../core/event-store.ts';
import { conversationsMax } from '../core/limits.ts';
import { directStream, inboxStream } from '../core/stream.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { directMessage } from './history.ts';
import { unreadShownMax } from './session-state.ts';
import { recordsBackwards, revisionIn } from './stream-records.ts';

/** An inbox is looked through no further, in each partition: many of its records are read marks. */
const inboxRecordsMax = 1_000;
/** How many records back the last message of a conversation is looked for: behind it lie marks. */
const lastRecordsMax = 16;

/**
 * With whom an account has exchanged direct messages, the latest first, and how many it has not read:
 * as far as its inbox tells. What it only sent, and was never answered, is in no stream of its own.
 */
export async function conversations(
  { stores }: Chat,
  connection: Connection,
  { user }: HeldSession,
): Promise<void> {
  const { events } = stores;
  const partitions = Array.from({ length: events.info.partitions }, (_, number) => number);
  const received = await Promise.all(partitions.map((one) => receivedIn(events, user, one)));
  const newest = received.flat().toSorted(byTime).slice(0, conversationsMax);
  const listed = await Promise.all(newest.map((one) => withAnswer(events, user, one)));
  connection.tell({ kind: 'conversations', conversations: listed.toSorted(byTime) });
}

/** What came lately, by who wrote it. A conversation lies in one partition. */
async function receivedIn(
  events: EventStore,
  user: string,
  partition: number,
): Promise<readonly ListedConversation[]> {
  const bySender = new Map<string, ListedConversation>();
  const readOf = new Map<string, number>();
  let shown = 0;
  let looked = 0;
  const stream = inboxStream(user);
  for await (const recorded of recordsBackwards(events, { stream, partition })) {
    const { event } = recorded;
    // A mark lies behind all that it covers, so it is met before that.
    if (event.type === 'ConversationRead') {
      const { peer, through } = event.data;
      readOf.set(peer, Math.max(through, readOf.get(peer) ?? 0));
    } else if (event.type === 'ReadMarked' && event.data.delivered !== true)
      shown = Math.max(shown, event.data.through);
    const message = directMessage(recorded);
    if (message !== undefined) {
      const { from, number } = message;
      const isRead = number <= (readOf.get(from) ?? 0) || revisionIn(stream, recorded) <= shown;
      bySender.set(from, withReceived(bySender.get(from), message, isRead));
    }
    looked += 1;
    if (looked === inboxRecordsMax) break;
  }
  return [...bySender.values()];
}

/** With one message more, older than those before. */
function withReceived(
  before: ListedConversation | undefined,
  message: DirectMessage,
  isRead: boolean,
): ListedConversation {
  const { from: peer, number } = message;
  const present = before ?? { peer, last: message, read: number, unread: 0 };
  if (isRead) return present;
  return { ...present, read: number - 1, unread: Math.min(present.unread + 1, unreadShownMax) };
}

/** With what was said last, by either. Whoever has answered has read what they answered to. */
async function withAnswer(
  events: EventStore,
  user: string,
  conversation: ListedConversation,
): Promise<ListedConversation> {
  const stream = directStream(user, conversation.peer);
  const direction = 'backwards';
  const records = await events.readStream({ stream, direction, limit: lastRecordsMax });
  const messages = records.flatMap((recorded) => directMessage(recorded) ?? []);
  const [last = conversation.last] = messages;
  const answered = messages.find(({ from }) => from === user)?.number ?? 0;
  if (answered <= conversation.read) return { ...conversation, last };
  const since = messages.filter(({ from, number }) => from !== user && number > answered);
  return { ...conversation, last, read: answered, unread: since.length };
}

const byTime = (one: ListedConversation, other: ListedConversation): number =>
  other.last.at - one.last.at;
