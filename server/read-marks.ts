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
import type { Unread } from './inbox.ts';
import { PacedWrites } from './paced-writes.ts';

/** Who is sent many messages marks them together; who goes on elsewhere meanwhile sees few twice. */
const betweenMarksMs = 250;

interface Reader {
  readonly reader: string;
  /** Whether the client tells what is read. */
  readonly saysWhatIsRead: boolean;
}

interface Mark {
  readonly through: number;
  readonly peer: string;
}

/**
 * How far a session has shown its user's inbox, by partition, and in the log soon after. Unless its
 * client says itself what is read (see `ConversationMarks`), what was shown counts as read. Nothing is
 * marked before what was waiting at login has been sent, for a mark must not pass over anything
 * unseen; nor before the client is known to have it, for the line may break right behind what was
 * written. A mark that is lost only means that something is shown again.
 */
export class ReadMarks {
  readonly #reader: Reader;
  readonly #append: (part: Part) => Promise<ReadOutcome>;
  readonly #writes: PacedWrites<number, Mark>;
  /** Asks the client whether it has what it was sent. */
  #confirm: () => void = () => {};
  /** Sent, and not asked about yet. */
  #sent = new Map<number, Mark>();
  /** What the client was asked about. */
  #asked: Map<number, Mark> | undefined;
  readonly #written = new Map<number, Conversation>();
  #waiting: 'unread' | 'sent' | 'sentInPart' = 'unread';

  constructor(reader: Reader, append: (part: Part) => Promise<ReadOutcome>) {
    this.#reader = reader;
    this.#append = append;
    this.#writes = new PacedWrites(betweenMarksMs, (marks) => this.#write(marks));
  }

  /**
   * What was waiting at login has been sent: all of it, or the oldest of it. `confirm` asks the
   * client whether it has what it was sent up to then; `taken` is the answer.
   */
  begin({ oldest, isAll }: Unread, confirm: () => void): void {
    this.#confirm = confirm;
    this.#waiting = isAll ? 'sent' : 'sentInPart';
    if (!isAll) this.#sent.clear();
    for (const recorded of oldest) this.#raise(recorded);
    this.#ask();
  }

  /** A message was sent when it came. */
  sent(recorded: Recorded): void {
    if (this.#waiting === 'sentInPart') return;
    this.#raise(recorded);
    this.#ask();
  }

  /** The client has what it had been sent when it was asked. */
  taken(): void {
    const taken = this.#asked;
    this.#asked = undefined;
    for (const [partition, mark] of taken ?? []) this.#writes.put(partition, mark);
    this.#ask();
  }

  /** Writes at once what is to be written; resolves when that is done, or has failed. */
  settled(): Promise<void> {
    return this.#writes.settled();
  }

  /** The log was set back: what the marks are counted in is no longer there. */
  forget(): void {
    this.#sent.clear();
    this.#asked?.clear();
    this.#writes.clear();
    this.#written.clear();
  }

  #raise({ partition, link, event }: Recorded): void {
    if (link === undefined || event.type !== 'DirectMessagePosted') return;
    if (link.revision <= (this.#sent.get(partition)?.through ?? 0)) return;
    this.#sent.set(partition, { through: link.revision, peer: event.data.from });
  }

  /** One question at a time: what is sent meanwhile is in the next. */
  #ask(): void {
    if (this.#waiting === 'unread' || this.#asked !== undefined || this.#sent.size === 0) return;
    this.#asked = this.#sent;
    this.#sent = new Map();
    this.#confirm();
  }

  async #write(marks: ReadonlyMap<number, Mark>): Promise<true> {
    for (const [partition, mark] of marks) await this.#writeOne(partition, mark);
    return true;
  }

  async #writeOne(partition: number, { through, peer }: Mark): Promise<void> {
    const { reader, saysWhatIsRead } = this.#reader;
    const before = this.#written.get(partition) ?? initialConversation;
    const mark = { reader, peer, through, ...(saysWhatIsRead && { delivered: true as const }) };
    const events = decideDirect({ type: 'MarkRead', ...mark }, before);
    if (events instanceof Rejection || events.length === 0) return;
    const part = { stream: directStream(reader, peer), expected: 'any', events } as const;
    const { status } = await this.#append(part);
    if (status === 'appended') this.#written.set(partition, events.reduce(evolveDirect, before));
  }
}
