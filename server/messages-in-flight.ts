import type { Answer } from '../core/answer.ts';

/** At most so many messages of one connection are under way; then it is not read from. */
export const messagesInFlightMax = 256;

interface InFlight {
  readonly id: string;
  answer: Answer | undefined;
}

/**
 * The messages of one connection that are on their way into the log. They may be under way
 * together, but are answered in the order in which they were sent.
 */
export class MessagesInFlight {
  readonly #queue: InFlight[] = [];
  readonly #tell: (answer: Answer) => void;

  constructor(tell: (answer: Answer) => void) {
    this.#tell = tell;
  }

  get size(): number {
    return this.#queue.length;
  }

  add(id: string): void {
    this.#queue.push({ id, answer: undefined });
  }

  /** Answers a message; a second answer to it, or one to a message not sent here, is ignored. */
  answer(id: string, answer: Answer): void {
    const message = this.#queue.find((candidate) => candidate.id === id);
    if (message === undefined) return;
    message.answer ??= answer;
    for (let first = this.#queue[0]; first?.answer !== undefined; first = this.#queue[0]) {
      this.#queue.shift();
      this.#tell(first.answer);
    }
  }
}
