import type { Answer } from '../core/answer.ts';
import { decideKeptRooms, type KeptRooms, type KeptRoomsEvent } from '../core/kept-rooms.ts';
import { Rejection } from '../core/rejection.ts';
import { keptRoomsStream } from '../core/stream.ts';
import { appendError, type Part, type ReadOutcome } from './appender.ts';
import type { Chat } from './chat.ts';
import { untilNoConflict } from './conflicts.ts';
import { loadKeptRooms, type LoadedKeptRooms, withSum } from './loaded-kept-rooms.ts';
import { PacedWrites } from './paced-writes.ts';

/** Who reads on marks every message: one commit in so long is enough, for all rooms together. */
const betweenMarksMs = 1_000;

/**
 * How far a session's user has read its rooms: in the log at once, or within a second of the mark
 * before. While the store is away it is tried again; a mark that is lost with its server only means
 * that something counts as unread once more.
 */
export class RoomMarks {
  readonly #chat: Chat;
  readonly #user: string;
  readonly #append: (part: Part) => Promise<ReadOutcome>;
  readonly #writes: PacedWrites<string, number>;
  #known: LoadedKeptRooms | undefined;

  constructor(chat: Chat, user: string, append: (part: Part) => Promise<ReadOutcome>) {
    this.#chat = chat;
    this.#user = user;
    this.#append = append;
    this.#writes = new PacedWrites(betweenMarksMs, (marks) => this.#write(marks));
  }

  /** The room has been read up to and with `through`. */
  read(room: string, through: number): void {
    this.#writes.put(room, Math.max(through, this.#writes.waiting(room) ?? 0));
  }

  /** Writes at once what waits; resolves when that is done, or given up. */
  settled(): Promise<void> {
    return this.#writes.settled();
  }

  /** The log was set back: its rooms count anew. */
  forget(): void {
    this.#known = undefined;
    this.#writes.clear();
  }

  async #write(marks: ReadonlyMap<string, number>): Promise<boolean> {
    try {
      const error = await untilNoConflict(() => this.#tryToWrite(marks));
      return error === undefined;
    } catch (error) {
      this.#chat.log.debug({ err: error }, 'how far rooms were read could not be written');
      return false;
    }
  }

  async #tryToWrite(marks: ReadonlyMap<string, number>): Promise<Answer | 'conflict' | undefined> {
    const user = this.#user;
    const loaded = await loadKeptRooms(this.#chat.stores.events, user, this.#known);
    const decided = marksOf(user, marks, loaded.state);
    if (decided.length === 0) return undefined;
    const events = withSum(user, loaded, decided);
    const part = { stream: keptRoomsStream(user), expected: loaded.revision, events };
    const outcome = await this.#append(part);
    this.#known = outcome.status === 'appended' ? loaded : undefined;
    return outcome.status === 'conflict' ? 'conflict' : appendError(outcome);
  }
}

/** A room that is not kept any more has no mark. */
function marksOf(
  user: string,
  marks: ReadonlyMap<string, number>,
  state: KeptRooms,
): readonly KeptRoomsEvent[] {
  return [...marks].flatMap(([room, through]) => {
    const decided = decideKeptRooms({ type: 'MarkRoomRead', user, room, through }, state);
    return decided instanceof Rejection ? [] : decided;
  });
}
