import type { HistoryEvent, HistorySink } from '../checker/history.ts';
import { AnswerQueue, type Outcome } from './answer-queue.ts';
import type { LineCarrier, LineSocketOwner } from './line-socket.ts';
import { type ReceivedLine, RecentLines } from './recent-lines.ts';
import { readServerLine } from './server-line.ts';

export interface ConversationOptions {
  readonly port: number;
  readonly open: (owner: LineSocketOwner) => LineCarrier;
  /** Where it writes what it does and sees. */
  readonly history?: HistorySink;
  /** Shown every line at once. */
  readonly onLine?: (line: ReceivedLine) => void;
}

type Unstamped<E> = E extends unknown ? Omit<E, 'connection' | 'at'> : never;

const unansweredMax = 65_536;
const loginLine = /^login (\S+) \S+( takeover)?$/i;
const joinLine = /^\/join\b/i;

/** One connection of the line protocol: matches answers to what was sent, and records it all. */
export class LineConversation {
  readonly socket: LineCarrier;
  readonly recent = new RecentLines();
  /** Once logged in. */
  user: string | undefined;
  /** The room that it was last told to be in, as shown. */
  room: string | undefined;
  /** Whether messages are answered. */
  receiptsOn = false;
  /** Goes into the history when the connection is over. */
  complete = false;
  isOpen = true;
  received = 0;
  readonly #history: HistorySink | undefined;
  readonly #onLine: ((line: ReceivedLine) => void) | undefined;
  readonly #connection: number;
  readonly #answers = new AnswerQueue();
  #sent = 0;
  #joins = 0;

  constructor(options: ConversationOptions) {
    this.#history = options.history;
    this.#onLine = options.onLine;
    this.#connection = options.history?.nextConnection() ?? 1;
    this.socket = options.open({
      onOpen: () => this.#record({ kind: 'opened', port: options.port }),
      onLine: (line) => this.#take(line),
      onOver: (reason) => this.#end(reason),
    });
  }

  /** How many messages and commands await an answer. */
  get unanswered(): number {
    return this.#answers.length;
  }

  /** Sends a message. @throws Error when it was not sent at all */
  post(text: string): { readonly written: Promise<void>; readonly outcome: Promise<Outcome> } {
    const room = this.room;
    if (room === undefined) throw new Error(`in no room to say "${text}" in`);
    if (this.#joins > 0) throw new Error(`where "${text}" is said depends on a /join's answer`);
    this.#mustTakeMore();
    const written = this.socket.write(text.startsWith('/') ? `/${text}` : text);
    const message = ++this.#sent;
    this.#record({ kind: 'invoke', message, room, text });
    if (!this.receiptsOn)
      return { written, outcome: Promise.resolve({ status: 'unknown', text: 'no receipts' }) };
    const outcome = new Promise<Outcome>((resolve) => {
      const settle = (settled: Outcome): void => {
        this.#record(outcomeEvent(message, settled));
        resolve(settled);
      };
      this.#answers.add({ kind: 'message', settle });
    });
    return { written, outcome };
  }

  /** Sends anything else. @throws Error when it was not sent, or not wholly */
  async ask(
    line: string,
    { settle, fail }: { settle: (answer: string) => void; fail: (error: Error) => void },
  ): Promise<void> {
    this.#mustTakeMore();
    const written = this.socket.write(line);
    const [, user, takeover] = loginLine.exec(line) ?? [];
    if (user !== undefined) this.#record({ kind: 'login', user, takeover: takeover !== undefined });
    const joins = joinLine.test(line) ? 1 : 0;
    this.#joins += joins;
    const settled = (answer: string): void => {
      this.#joins -= joins;
      settle(answer);
    };
    const answeredBy = answersTo(line);
    if (line !== '') this.#answers.add({ kind: 'command', answeredBy, settle: settled, fail });
    await written;
  }

  #mustTakeMore(): void {
    const { length } = this.#answers;
    if (length >= unansweredMax) throw new Error(`not sent, ${length} lines await an answer`);
  }

  #take(line: string): void {
    this.received += 1;
    this.#see(line);
    const received = { text: line, at: performance.now() };
    this.recent.push(received);
    this.#onLine?.(received);
  }

  #see(line: string): void {
    const said = readServerLine(line);
    switch (said.kind) {
      case 'message':
      case 'subbed':
      case 'direct':
      case 'entered':
      case 'left':
        this.#record(said);
        return;
      case 'stored': {
        const { room, epoch, number } = said;
        if (!this.#answers.stored({ status: 'ok', room, epoch, number }))
          this.#record({ kind: 'stray', line });
        return;
      }
      case 'error': {
        const status = said.outcome === 'unknown' ? 'unknown' : 'error';
        if (!this.#answers.failed({ status, text: line })) this.#record({ kind: 'line', line });
        return;
      }
      case 'welcome':
        this.user = said.user;
        this.room = said.room;
        this.#record(said);
        break;
      case 'joined':
        this.room = said.room;
        this.#record(said);
        break;
      case 'goodbye':
        this.#record(said);
        break;
      default:
        this.#record({ kind: 'line', line });
        if (said.kind === 'authRequired') return;
    }
    this.#answers.answered(line);
  }

  #end(reason: string): void {
    this.isOpen = false;
    const error = new Error(`the connection is over: ${reason}`);
    this.#answers.end(error);
    this.#record({ kind: 'closed', reason, complete: this.complete });
    this.recent.end(error);
  }

  #record(event: Unstamped<HistoryEvent>): void {
    this.#history?.add({ ...event, connection: this.#connection, at: Date.now() });
  }
}

/** What can be a command's answer; an error always can. */
function answersTo(command: string): (line: string) => boolean {
  const begins = loginLine.test(command)
    ? 'SUCCESS: Welcome '
    : joinLine.test(command)
      ? 'SUCCESS: Joined '
      : '';
  return (line) => line.startsWith(begins) || line.startsWith('ERROR: ');
}

function outcomeEvent(message: number, outcome: Outcome): Unstamped<HistoryEvent> {
  const { status } = outcome;
  if (status !== 'ok') return { kind: status, message, text: outcome.text };
  const { room, epoch, number } = outcome;
  return { kind: 'ok', message, room, epoch, number };
}
