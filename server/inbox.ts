import { evolveDirect, initialConversation } from '../core/direct.ts';
import type { EventOf } from '../core/event.ts';
import type { EventStore, Recorded } from '../core/event-store.ts';
import { inboxStream, trimmingStream } from '../core/stream.ts';
import { recordsBackwards, recordsForwards, revisionIn } from './stream-records.ts';

/** More kept messages than this are shown at the logins after the next one. */
export const keptMessagesMax = 1_000;

export type Kept = Recorded<EventOf<'DirectMessagePosted'>>;

export interface Unread {
  /** Oldest first; `keptMessagesMax` at most. */
  readonly oldest: readonly Kept[];
  readonly isAll: boolean;
}

/**
 * The direct messages that `user` has not been shown, of those that the log held at `positions`
 * (one for each partition): later ones arrive by themselves. What the log then told was trimmed is
 * not among them, whether or not it is gone already: so the log alone decides who was shown what.
 * @throws {StoreUnreachable}
 */
export async function unreadMessages(
  events: EventStore,
  user: string,
  positions: readonly number[],
): Promise<Unread> {
  const unread: Kept[] = [];
  for (const [partition, asOf] of positions.entries())
    unread.push(...(await unreadIn(events, { user, partition, asOf })));
  const oldest = unread.toSorted((one, other) => one.at - other.at).slice(0, keptMessagesMax);
  return { oldest, isAll: oldest.length === unread.length };
}

interface Inbox {
  readonly user: string;
  readonly partition: number;
  /** The position up to which it is read. */
  readonly asOf: number;
}

/** Oldest first, and at most one more than is shown at once. */
async function unreadIn(events: EventStore, inbox: Inbox): Promise<readonly Kept[]> {
  const unread: Kept[] = [];
  const { user, partition, asOf } = inbox;
  const [through, keptFrom] = await Promise.all([
    readThrough(events, inbox),
    toldTrimmed(events, inbox),
  ]);
  for await (const recorded of recordsForwards(events, {
    stream: inboxStream(user),
    partition,
    from: through + 1,
  })) {
    const { event, position } = recorded;
    if (position > asOf || unread.length > keptMessagesMax) break;
    if (position < keptFrom) continue;
    if (event.type === 'DirectMessagePosted') unread.push({ ...recorded, event });
  }
  return unread;
}

/**
 * The furthest mark. What came between a message and the mark of it lies before the mark, and two
 * marks may have come in the wrong order: so it is looked for back to the place that it names.
 */
async function readThrough(events: EventStore, { user, partition }: Inbox): Promise<number> {
  const stream = inboxStream(user);
  let conversation = initialConversation;
  const through = (): number => conversation.readThrough.get(user) ?? 0;
  for await (const recorded of recordsBackwards(events, { stream, partition })) {
    if (revisionIn(stream, recorded) <= through()) break;
    const { event } = recorded;
    if (event.type === 'ReadMarked') conversation = evolveDirect(conversation, event);
  }
  return through();
}

/**
 * The position before which the log told, up to `asOf`, that it is trimmed; 0 if it never did. One that
 * was told as the log was set back may name what was yet to come, and means what came before it.
 */
async function toldTrimmed(events: EventStore, { partition, asOf }: Inbox): Promise<number> {
  const stream = trimmingStream(partition);
  for await (const { event, position } of recordsBackwards(events, { stream, partition }))
    if (position <= asOf && event.type === 'LogTrimmed')
      return Math.min(event.data.before, position);
  return 0;
}
