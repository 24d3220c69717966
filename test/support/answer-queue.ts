/** What became of a message. */
export type Outcome =
  | {
      readonly status: 'ok';
      readonly room: string;
      readonly epoch: string;
      readonly number: number;
    }
  | { readonly status: 'error'; readonly text: string }
  | { readonly status: 'unknown'; readonly text: string };

interface AwaitedMessage {
  readonly kind: 'message';
  readonly settle: (outcome: Outcome) => void;
}

interface AwaitedCommand {
  readonly kind: 'command';
  /** Whether a line, which is no receipt and shows nobody's message, answers it. */
  readonly answeredBy: (line: string) => boolean;
  readonly settle: (answer: string) => void;
  readonly fail: (error: Error) => void;
}

/**
 * What a connection has sent and what was not answered yet. The server answers in the order of
 * what it was sent, so each answer belongs to the first that it can belong to. An answer of several
 * lines counts as one by its first line.
 */
export class AnswerQueue {
  readonly #awaited: (AwaitedMessage | AwaitedCommand)[] = [];

  get length(): number {
    return this.#awaited.length;
  }

  add(awaited: AwaitedMessage | AwaitedCommand): void {
    this.#awaited.push(awaited);
  }

  /** A receipt, which only answers messages; false when there is none to answer. */
  stored(outcome: Outcome): boolean {
    const index = this.#awaited.findIndex(({ kind }) => kind === 'message');
    const [message] = this.#awaited.splice(0, index + 1).slice(-1);
    if (message?.kind !== 'message') return false;
    message.settle(outcome);
    return true;
  }

  /** An error answers whatever comes first; true when that is a message. */
  failed(outcome: Exclude<Outcome, { status: 'ok' }>): boolean {
    const first = this.#awaited[0];
    if (first?.kind !== 'message') {
      this.answered(outcome.text);
      return false;
    }
    this.#awaited.shift();
    first.settle(outcome);
    return true;
  }

  /** Any other line that could be the answer to a command. */
  answered(line: string): void {
    const first = this.#awaited[0];
    if (first?.kind !== 'command' || !first.answeredBy(line)) return;
    this.#awaited.shift();
    first.settle(line);
  }

  /** No answer comes any more. */
  end(error: Error): void {
    for (const awaited of this.#awaited.splice(0)) {
      if (awaited.kind === 'command') awaited.fail(error);
      else awaited.settle({ status: 'unknown', text: error.message });
    }
  }
}
