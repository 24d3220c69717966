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
  #complete = false;

  /** What was waiting at login has been shown. */
  begin(): void {
    this.#complete = true;
  }

  shown({ partition, link, event }: Recorded): void {
    if (!this.#complete || link === undefined || event.type !== 'DirectMessagePosted') return;
    this.#shown.set(partition, { through: link.revision, peer: event.data.from });
  }

  /** The marks that are not yet in the log; they count as taken. */
  take(): readonly Mark[] {
    const marks = [...this.#shown.values()];
    this.#shown.clear();
    return marks;
  }
}

type Kept = Recorded<EventOf<'DirectMessagePosted'>>;

/**
 * The direct messages that `user` has not been shown, oldest first, of those that the log held at
 * `positions` (one for each partition): later ones arrive by themselves.
 * @throws {StoreUnreachable}
 */
export async function unreadMessages(
  events: EventStore,
  user: string,
  positions: readonly number[],
): Promise<readonly Kept[]> {
  const unread: Kept[] = [];
  for (const [partition, asOf] of positions.entries()) {
    const newestFirst = await unreadIn(events, user, partition);
    unread.push(...newestFirst.filter(({ position }) => position <= asOf).toReversed());
  }
  return unread.toSorted((one, other) => one.at - other.at).slice(0, keptMessagesMax);
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

async function unreadIn(events: EventStore, user: string, partition: number): Promise<Kept[]> {
  const newestFirst: Kept[] = [];
  let from: number | undefined;
  for (;;) {
    const page = await events.readStream({
      stream: inboxStream(user),
      partition,
      direction: 'backwards',
      limit: pageSize,
      ...(from !== undefined && { from }),
    });
    for (const recorded of page) {
      const { event, link } = recorded;
      if (event.type === 'ReadMarked')
        return newestFirst.filter((kept) => (kept.link?.revision ?? 0) > event.data.through);
      if (event.type === 'DirectMessagePosted') newestFirst.push({ ...recorded, event });
      from = (link?.revision ?? 1) - 1;
    }
    if (page.length < pageSize || from === 0) return newestFirst;
  }
}
