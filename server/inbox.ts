import { decideDirect, initialConversation } from '../core/direct.ts';
import type { EventOf } from '../core/event.ts';
import type { EventStore, Recorded } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { directStream, inboxStream } from '../core/stream.ts';
import { actorOf, type Chat } from './chat.ts';

/** More kept messages than this are shown at the logins after the next one. */
export const keptMessagesMax = 1_000;
const pageSize = 200;

interface Mark {
  readonly through: number;
  readonly peer: string;
}

/**
 * How far a connection has shown its user's inbox, by partition. Marks are only kept once what was
 * waiting at login has been shown, so that a mark never passes over something unseen.
 */
export class InboxMark {
  readonly #shown = new Map<number, Mark>();
  #waiting: 'unread' | 'shown' | 'shownInPart' = 'unread';

  /** What was waiting at login has been shown: all of it, or the oldest of it. */
  begin(oldest: readonly Recorded[], isAll: boolean): void {
    this.#waiting = isAll ? 'shown' : 'shownInPart';
    if (!isAll) this.#shown.clear();
    for (const recorded of oldest) this.#raise(recorded);
  }

  /** A message was shown when it came. */
  shown(recorded: Recorded): void {
    if (this.#waiting !== 'shownInPart') this.#raise(recorded);
  }

  /** The marks that are not yet in the log; they count as taken. */
  take(): readonly Mark[] {
    if (this.#waiting === 'unread') return [];
    const marks = [...this.#shown.values()];
    this.#shown.clear();
    return marks;
  }

  #raise({ partition, link, event }: Recorded): void {
    if (link === undefined || event.type !== 'DirectMessagePosted') return;
    if (link.revision <= (this.#shown.get(partition)?.through ?? 0)) return;
    this.#shown.set(partition, { through: link.revision, peer: event.data.from });
  }
}

export type Kept = Recorded<EventOf<'DirectMessagePosted'>>;

export interface Unread {
  /** Oldest first; `keptMessagesMax` at most. */
  readonly oldest: readonly Kept[];
  readonly isAll: boolean;
}

/**
 * The direct messages that `user` has not been shown, of those that the log held at `positions`
 * (one for each partition): later ones arrive by themselves.
 * @throws {StoreUnreachable}
 */
export async function unreadMessages(
  events: EventStore,
  user: string,
  positions: readonly number[],
): Promise<Unread> {
  const unread: Kept[] = [];
  for (const [partition, asOf] of positions.entries())
    unread.push(...(await unreadIn(events, { stream: inboxStream(user), partition, asOf })));
  const oldest = unread.toSorted((one, other) => one.at - other.at).slice(0, keptMessagesMax);
  return { oldest, isAll: oldest.length === unread.length };
}

/** Writes down how far the user has read. A failure only means that something is shown again. */
export async function markRead(
  chat: Chat,
  mark: InboxMark,
  { user, session }: { readonly user: string; readonly session: string },
): Promise<void> {
  for (const { through, peer } of mark.take()) {
    const decision = decideDirect(
      { type: 'MarkRead', reader: user, peer, through },
      initialConversation,
    );
    if (decision instanceof Rejection) continue;
    const part = { stream: directStream(user, peer), expected: 'any', events: decision } as const;
    const { status } = await chat.appender.append(actorOf(chat, user, session), [part]);
    if (status !== 'appended') chat.log.warn({ status }, 'a read marker was not stored');
  }
}

interface Inbox {
  readonly stream: string;
  readonly partition: number;
  /** The position up to which it is read. */
  readonly asOf: number;
}

/** Oldest first, and at most one more than is shown at once. */
async function unreadIn(events: EventStore, inbox: Inbox): Promise<readonly Kept[]> {
  const { stream, partition, asOf } = inbox;
  const unread: Kept[] = [];
  let from = (await readThrough(events, inbox)) + 1;
  for (;;) {
    const page = await events.readStream({ stream, partition, from, limit: pageSize });
    for (const recorded of page) {
      const { event, position } = recorded;
      if (position > asOf || unread.length > keptMessagesMax) return unread;
      if (event.type === 'DirectMessagePosted') unread.push({ ...recorded, event });
    }
    if (page.length < pageSize) return unread;
    from += page.length;
  }
}

/**
 * The furthest mark. What came between a message and the mark of it lies before the mark, and two
 * marks may have come in the wrong order: so it is looked for back to the place that it names.
 */
async function readThrough(events: EventStore, { stream, partition }: Inbox): Promise<number> {
  let through = 0;
  let from: number | undefined;
  for (;;) {
    const page = await events.readStream({
      stream,
      partition,
      direction: 'backwards',
      limit: pageSize,
      ...(from !== undefined && { from }),
    });
    for (const { event, link } of page) {
      const revision = link?.revision ?? 0;
      if (revision <= through) return through;
      if (event.type === 'ReadMarked') through = Math.max(through, event.data.through);
      from = revision - 1;
    }
    if (page.length < pageSize || from === 0) return through;
  }
}
