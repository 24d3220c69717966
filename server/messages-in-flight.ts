import type { Answer } from '../core/answer.ts';
import { answerMsMax } from './appender.ts';

/** At most so many messages of one connection are under way; then it is not read from. */
export const messagesInFlightMax = 256;

interface InFlight {
  readonly id: string;
  readonly sentAt: number;
  answer: Answer | undefined;
}

/**
 * The messages of one connection that are on their way into the log. They may be under way
 * together, but are answered in the order in which they were sent, and within `answerMsMax`: the
 * store may have one that cannot be read from it.
 */
export class MessagesInFlight {
  readonly #queue: InFlight[] = [];
  readonly #tell: (answer: Answer) => void;
  readonly #onLate: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** `onLate` follows upon answers that are given for want of better ones. */
  constructor(tell: (answer: Answer) => void, onLate: () => void = () => {}) {
    this.#tell = tell;
    this.#onLate = onLate;
  }

  get size(): number {
    return this.#queue.length;
  }

  add(id: string): void {
    this.#queue.push({ id, sentAt: performance.now(), answer: undefined });
    if (this.#timer === undefined) this.#wakeIn(answerMsMax);
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
  /** One timer, set again only when it is due: most messages are answered long before. */
  #wakeIn(ms: number): void {
    this.#timer = setTimeout(() => this.#answerLate(), ms).unref();
  }

  #answerLate(): void {
    this.#timer = undefined;
    const sentBefore = performance.now() - answerMsMax;
    const unanswered = this.#queue.filter(({ answer }) => answer === undefined);
    const late = unanswered.filter(({ sentAt }) => sentAt <= sentBefore);
    for (const { id } of late)
      this.answer(id, { kind: 'error', code: 'OutcomeUnknown', subject: '' });
    const next = unanswered[late.length];
    if (next !== undefined) this.#wakeIn(Math.ceil(next.sentAt - sentBefore));
    if (late.length > 0) this.#onLate();
  }
}
