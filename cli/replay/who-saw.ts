import { foldRecord, peekType } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { EventOf } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import { isInRanges } from '../../core/history-read.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { roomStream } from '../../core/stream.ts';
import type { ChatView } from '../../core/views/chat.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { between, type Positions } from './log-span.ts';
import type { LogStart } from './log-start.ts';
import { mergedLog } from './merged-log.ts';
import type { Progress } from '../progress.ts';

/** Somebody to whom the message went when it was said. */
export interface Delivered {
  readonly user: string;
  readonly session: string;
  readonly server: string;
  /** By being in the room, or by following the author. */
  readonly by: 'room' | 'following';
  /** The connection was lost at that moment: what became of it. */
  away?: 'waiting' | 'neverBack' | { readonly backAt: number };
}

/** Somebody who read the message later. */
export interface ReadLater {
  readonly user: string;
  /** Milliseconds since 1970: when the reading was recorded, at most ten seconds after it. */
  readonly at: number;
  /** By history, or by marking the room as read up to it or beyond. */
  readonly by: 'history' | 'mark';
}

export interface WhoSaw {
  readonly message: Recorded<EventOf<'MessagePosted'>>;
  /** The room's name, as shown. */
  readonly name: string;
  readonly delivered: readonly Delivered[];
  /** Of each user the first time, for each way. */
  readonly read: readonly ReadLater[];
}

/**
 * Who was shown the message with this number in a room, by the code that showed it, and who has read
 * it since; undefined when the room has no message of that number.
 * @throws {StoreUnreachable} {@link CorruptRecord}
 */
export async function whoSaw(
  source: LogSource,
  { room, number }: { readonly room: string; readonly number: number },
  { start, through, progress }: { start: LogStart; through: Positions; progress: Progress },
): Promise<WhoSaw | undefined> {
  const view = start.view();
  const stream = roomStream(room);
  let found: Showing | undefined;
  for await (const batch of mergedLog(source, between(start.positions, through))) {
    for (const stored of batch) {
      if (found !== undefined) found.heed(stored);
      else if (stored.stream === stream && stored.revision === number) {
        const recorded = decodeRecord(stored);
        if (recorded.event.type !== 'MessagePosted') return undefined;
        found = new Showing(view, { ...recorded, event: recorded.event });
      } else {
        const recorded = foldRecord(stored);
        if (recorded !== undefined) evolveWholeChat(view, recorded);
      }
    }
    progress.read(batch.length);
  }
  return found?.result;
}

/** What became of a message from the moment on that it was said. */
class Showing {
  readonly #message: Recorded<EventOf<'MessagePosted'>>;
  readonly #name: string;
  readonly #delivered: readonly Delivered[];
  readonly #read = new Map<string, ReadLater>();

  /** `view`: the state before the message. */
  constructor(view: ChatView, message: Recorded<EventOf<'MessagePosted'>>) {
    const { room } = message.event.data;
    this.#message = message;
    this.#name = view.rooms.byRoom.get(room)?.name ?? room;
    this.#delivered = deliveriesOf(view, message).flatMap((delivery) => receivers(view, delivery));
  }

  get result(): WhoSaw {
    const [message, name, delivered] = [this.#message, this.#name, this.#delivered];
    return { message, name, delivered, read: [...this.#read.values()] };
  }

  heed(stored: StoredRecord): void {
    const type = peekType(stored);
    if (type !== undefined && !heeded.has(type)) return;
    const { event, at } = decodeRecord(stored);
    const { room } = this.#message.event.data;
    const { revision: number } = this.#message;
    switch (event.type) {
      case 'HistoryRead':
        if (event.data.room === room && isInRanges(event.data.ranges, number))
          this.#noteRead({ user: event.data.user, at, by: 'history' });
        return;
      case 'RoomRead':
        if (event.data.room === room && event.data.through >= number)
          this.#noteRead({ user: event.data.user, at, by: 'mark' });
        return;
      case 'SessionResumed':
        return this.#settle(event.data.session, { backAt: at });
      case 'SessionClosed':
        return this.#settle(event.data.session, 'neverBack');
      default:
    }
  }

  #noteRead(read: ReadLater): void {
    const key = `${read.by} ${read.user}`;
    if (!this.#read.has(key)) this.#read.set(key, read);
  }

  #settle(session: string, away: NonNullable<Delivered['away']>): void {
    const delivered = this.#delivered.find((one) => one.session === session);
    if (delivered?.away === 'waiting') delivered.away = away;
  }
}

const heeded: ReadonlySet<string> = new Set([
  'HistoryRead',
  'RoomRead',
  'SessionResumed',
  'SessionClosed',
]);

function receivers({ sessions }: ChatView, delivery: Delivery): readonly Delivered[] {
  if (delivery.kind !== 'message' && delivery.kind !== 'subbed') return [];
  const by = delivery.kind === 'message' ? 'room' : 'following';
  return delivery.to.flatMap((session): readonly Delivered[] => {
    const open = sessions.bySession.get(session);
    if (open === undefined) return [];
    const { user, server, isDetached } = open;
    return [{ user, session, server, by, ...(isDetached && { away: 'waiting' as const }) }];
  });
}
