import {
  type Conversation,
  decideDirect,
  evolveDirect,
  initialConversation,
} from '../core/direct.ts';
import type { Recorded } from '../core/event-store.ts';
import { Rejection } from '../core/rejection.ts';
import { directStream } from '../core/stream.ts';
import type { Part, ReadOutcome } from './appender.ts';

/** Who is sent many messages marks them together; who goes on elsewhere meanwhile sees few twice. */
const betweenMarksMs = 250;

interface Mark {
  readonly through: number;
  readonly peer: string;
}

/**
 * How far a session has shown its user's inbox, by partition, and in the log soon after. Nothing is
 * marked before what was waiting at login has been shown, for a mark must not pass over anything
 * unseen. A mark that is lost only means that something is shown again.
 */
export class ReadMarks {
  readonly #reader: string;
  readonly #append: (part: Part) => Promise<ReadOutcome>;
  readonly #shown = new Map<number, Mark>();
  #written = new Map<number, Conversation>();
  #waiting: 'unread' | 'shown' | 'shownInPart' = 'unread';
  #writing: Promise<void> | undefined;
  #cutPause: () => void = () => {};
  #isHurried = false;

  constructor(reader: string, append: (part: Part) => Promise<ReadOutcome>) {
    this.#reader = reader;
    this.#append = append;
  }

  /** What was waiting at login has been shown: all of it, or the oldest of it. */
  begin(oldest: readonly Recorded[], isAll: boolean): void {
    this.#waiting = isAll ? 'shown' : 'shownInPart';
    if (!isAll) this.#shown.clear();
    for (const recorded of oldest) this.#raise(recorded);
    this.#write();
  }

  /** A message was shown when it came. */
  shown(recorded: Recorded): void {
    if (this.#waiting === 'shownInPart') return;
    this.#raise(recorded);
    this.#write();
  }

  /** Writes at once what is to be written; resolves when that is done, or has failed. */
  async settled(): Promise<void> {
    this.#isHurried = true;
    this.#cutPause();
    this.#write();
    await this.#writing;
  }

  /** The log was set back: what the marks are counted in is no longer there. */
  forget(): void {
    this.#shown.clear();
    this.#written.clear();
  }

  #raise({ partition, link, event }: Recorded): void {
    if (link === undefined || event.type !== 'DirectMessagePosted') return;
    if (link.revision <= (this.#shown.get(partition)?.through ?? 0)) return;
    this.#shown.set(partition, { through: link.revision, peer: event.data.from });
  }

  #write(): void {
    if (this.#waiting === 'unread' || this.#shown.size === 0) return;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  async #writeAll(): Promise<void> {
    while (this.#shown.size > 0) {
      for (const [partition, mark] of this.#shown) {
        this.#shown.delete(partition);
        await this.#writeOne(partition, mark);
      }
      if (!this.#isHurried) await this.#pause();
    }
  }

  async #writeOne(partition: number, { through, peer }: Mark): Promise<void> {
    const reader = this.#reader;
    const before = this.#written.get(partition) ?? initialConversation;
    const events = decideDirect({ type: 'MarkRead', reader, peer, through }, before);
    if (events instanceof Rejection || events.length === 0) return;
    const part = { stream: directStream(reader, peer), expected: 'any', events } as const;
    const { status } = await this.#append(part);
    if (status === 'appended') this.#written.set(partition, events.reduce(evolveDirect, before));
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, betweenMarksMs);
      this.#cutPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
