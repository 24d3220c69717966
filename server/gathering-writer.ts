import type { AppendOutcome, Commit, Writer } from '../core/event-store.ts';

/** A commit leaves so long before the log is read again: then it is there, and is read along. */
const leadMs = 4;

const outOfReach: AppendOutcome = { status: 'unavailable', reason: 'disconnected' };

/** Who reads the log for this server. */
export interface PausingReader {
  /** When the log is read again, by `performance.now()`; has passed while it is being read. */
  readonly pausesUntil: number;
  /** Rises when the log is set back: what was decided before must not be written any more. */
  readonly generation: number;
}

/** A commit that waits to be handed on. */
interface Waiting {
  readonly commit: Commit;
  readonly generation: number;
  readonly answer: (outcome: Promise<AppendOutcome>) => void;
}

/**
 * Lets commits gather for as long as this server does not read the log, since nobody here would be
 * shown them any sooner; handed on together, they cost the store little more than one. Commits keep
 * the order of their calls.
 */
export class GatheringWriter implements Writer {
  readonly #writer: Writer;
  readonly #reader: PausingReader;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(writer: Writer, reader: PausingReader) {
    this.#writer = writer;
    this.#reader = reader;
  }

  append(commit: Commit): Promise<AppendOutcome> {
    const { pausesUntil, generation } = this.#reader;
    const waitMs = pausesUntil - leadMs - performance.now();
    // Below a timer's resolution there is nothing to wait for.
    if (this.#timer === undefined && waitMs < 1) return this.#writer.append(commit);
    this.#timer ??= setTimeout(() => this.#handOn(), waitMs);
    return new Promise((answer) => this.#waiting.push({ commit, generation, answer }));
  }

  /** Hands on what waits first. */
  async close(): Promise<void> {
    this.#handOn();
    await this.#writer.close();
  }

  #handOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { commit, generation, answer } of waiting) {
      const isVoid = generation !== this.#reader.generation;
      answer(isVoid ? Promise.resolve(outOfReach) : this.#writer.append(commit));
    }
  }
}
