import type { Answer } from '../core/answer.ts';
import { answerMsMax } from './appender.ts';
import { type Metrics, noMetrics, outcomeOf } from './metrics.ts';

/** Whoever sent the messages, and is told of them. */
export interface MessagesOwner {
  tell(answer: Answer, request: string | undefined): void;
  flush(): void;
  /** One message less is under way. */
  proceed(): void;
}

interface InFlight {
  readonly id: string;
  /** What the client calls it, where it does. */
  readonly request: string | undefined;
  readonly sentAt: number;
  answer: Answer | undefined;
}

/**
 * The messages of one connection that are on their way into the log. They may be under way
 * together, but are answered in the order in which they were sent, and within `answerMsMax`: the
 * store may have one that cannot be read from it.
 */
export class MessagesInFlight {
  /** Whether the owner is told also of what was stored, and has no name for. */
  wantsReceipts = false;
  readonly #owner: MessagesOwner;
  readonly #metrics: Metrics;
  readonly #queue: InFlight[] = [];
  #timer: NodeJS.Timeout | undefined;
  #onSettled: (() => void)[] = [];

  constructor(owner: MessagesOwner, metrics: Metrics = noMetrics) {
    this.#owner = owner;
    this.#metrics = metrics;
  }

  get size(): number {
    return this.#queue.length;
  }

  sent(id: string, request?: string): void {
    this.#queue.push({ id, request, sentAt: performance.now(), answer: undefined });
    if (this.#timer === undefined) this.#wakeIn(answerMsMax);
  }

  /** A message was folded; its receipt leaves with what the fold brings. */
  stored(id: string, receipt: Answer): void {
    this.#answer(id, receipt);
    this.#owner.proceed();
  }

  /** …or its answer is known without a fold: that it was refused, or stored before. */
  answered(id: string, answer: Answer): void {
    this.#answer(id, answer);
    this.#owner.flush();
    this.#owner.proceed();
  }

  /** Resolves when all are answered. */
  settled(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onSettled.push(resolve));
  }

  /** A second answer to a message, or one to a message not sent here, is ignored. */
  #answer(id: string, answer: Answer): void {
    const message = this.#queue.find((candidate) => candidate.id === id);
    if (message === undefined) return;
    message.answer ??= answer;
    for (let first = this.#queue[0]; first?.answer !== undefined; first = this.#queue[0]) {
      this.#queue.shift();
      const { answer: settled, request: name } = first;
      this.#metrics.said(outcomeOf(settled), performance.now() - first.sentAt);
      if (name !== undefined || settled.kind !== 'stored' || this.wantsReceipts)
        this.#owner.tell(settled, name);
    }
    if (this.#queue.length === 0) for (const resolve of this.#onSettled.splice(0)) resolve();
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
      this.#answer(id, { kind: 'error', code: 'OutcomeUnknown', subject: '' });
    const next = unanswered[late.length];
    if (next !== undefined) this.#wakeIn(Math.ceil(next.sentAt - sentBefore));
    if (late.length === 0) return;
    this.#owner.flush();
    this.#owner.proceed();
  }
}
