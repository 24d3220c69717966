import type { CommandOf } from '../core/command.ts';
import { directStream } from '../core/stream.ts';
import type { Part, ReadOutcome } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { PacedWrites } from './paced-writes.ts';

/** Who reads on marks every message: one commit in so long is enough, for each conversation. */
const betweenMarksMs = 1_000;

/**
 * How far a session's user has read their conversations, as their client says: in the log at once, or
 * within a second of the mark before. It decides what counts as unread; what a login shows is
 * decided by what was delivered, see `ReadMarks`.
 */
export class ConversationMarks {
  readonly #reader: string;
  readonly #append: (part: Part) => Promise<ReadOutcome>;
  readonly #writes: PacedWrites<string, number>;
  readonly #written = new Map<string, number>();

  constructor(reader: string, append: (part: Part) => Promise<ReadOutcome>) {
    this.#reader = reader;
    this.#append = append;
    this.#writes = new PacedWrites(betweenMarksMs, (marks) => this.#write(marks));
  }

  /** The conversation has been read up to and with `through`. */
  read(peer: string, through: number): void {
    const before = this.#writes.waiting(peer) ?? this.#written.get(peer) ?? 0;
    if (through > before) this.#writes.put(peer, through);
  }

  /** Writes at once what waits; resolves when that is done, or given up. */
  settled(): Promise<void> {
    return this.#writes.settled();
  }

  /** The log was set back: its conversations count anew. */
  forget(): void {
    this.#writes.clear();
    this.#written.clear();
  }

  async #write(marks: ReadonlyMap<string, number>): Promise<boolean> {
    const written = await Promise.all([...marks].map((mark) => this.#writeOne(...mark)));
    return written.every((isWritten) => isWritten);
  }

  async #writeOne(peer: string, through: number): Promise<boolean> {
    const reader = this.#reader;
    if (through <= (this.#written.get(peer) ?? 0)) return true;
    const { status } = await this.#append({
      stream: directStream(reader, peer),
      expected: 'any',
      events: [{ type: 'ConversationRead', data: { reader, peer, through } }],
    });
    if (status === 'appended') this.#written.set(peer, through);
    return status === 'appended';
  }
}

/** The mark is in the log soon after the answer; see {@link ConversationMarks}. */
export async function markConversationRead(
  { stores }: Chat,
  connection: Connection,
  held: HeldSession,
  { peer, through }: CommandOf<'markConversationRead'>,
): Promise<void> {
  const stream = directStream(held.user, peer);
  const [last] = await stores.events.readStream({ stream, direction: 'backwards', limit: 1 });
  // What has not been said cannot have been read.
  if (last !== undefined) held.conversationMarks.read(peer, Math.min(through, last.revision));
  connection.tell({ kind: 'readMarked' });
}
