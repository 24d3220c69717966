import { type HistoryRead, type NumberRange, withRange } from '../core/history-read.ts';
import { readingStream } from '../core/stream.ts';
import type { Part, ReadOutcome } from './appender.ts';

/** Who pages through a room reads it in many pieces: they make one event. */
const betweenEventsMs = 10_000;

/**
 * Which messages a session was shown by history, and in the log soon after: at most every ten
 * seconds, and when it ends. What the store does not take is handed to it once more with the next.
 */
export class HistoryReads {
  readonly #reader: { readonly user: string; readonly session: string };
  readonly #append: (...parts: readonly Part[]) => Promise<ReadOutcome>;
  readonly #ranges = new Map<string, readonly NumberRange[]>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    reader: { readonly user: string; readonly session: string },
    append: (...parts: readonly Part[]) => Promise<ReadOutcome>,
  ) {
    this.#reader = reader;
    this.#append = append;
  }

  /** These messages of a room were shown: the numbers of the first and the last of them. */
  shown(room: string, range: NumberRange): void {
    this.#ranges.set(room, withRange(this.#ranges.get(room) ?? [], range));
    this.#timer ??= setTimeout(() => this.#write(), betweenEventsMs).unref();
  }

  /** Writes at once what is to be written; resolves when that is done, or has failed. */
  async settled(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#ranges.size === 0) return;
    const read = [...this.#ranges];
    this.#ranges.clear();
    this.#writing = this.#writing.then(() => this.#writeAll(read));
  }

  async #writeAll(read: readonly (readonly [string, readonly NumberRange[]])[]): Promise<void> {
    const { user, session } = this.#reader;
    const events = read.map(([room, ranges]): HistoryRead => ({
      type: 'HistoryRead',
      data: { user, session, room, ranges },
    }));
    const { status } = await this.#append({ stream: readingStream(user), expected: 'any', events });
    if (status !== 'unavailable') return;
    for (const [room, ranges] of read) for (const range of ranges) this.shown(room, range);
  }
}
