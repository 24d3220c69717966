import type { Outcome } from './answer-queue.ts';
import { type ConversationOptions, LineConversation } from './line-conversation.ts';
import { LineSocket, type LineSocketOptions } from './line-socket.ts';
import type { ReceivedLine } from './recent-lines.ts';
import { within } from './until.ts';

export interface LineClientOptions extends Omit<CarriedClientOptions, 'open'>, LineSocketOptions {}

/** Of a client whose connection is made by `open`. */
export interface CarriedClientOptions extends ConversationOptions {
  /** How long it waits for the greeting and for each answer, in milliseconds; 10,000 by default. */
  readonly withinMs?: number;
}

const withinMsDefault = 10_000;

/**
 * Connects by TLS and waits for the greeting.
 *
 * @throws Error when none comes in time, or the certificate is not to be trusted
 */
export function connect(options: LineClientOptions): Promise<LineClient> {
  return greeted({ ...options, open: (owner) => new LineSocket(options, owner) });
}

/** The same over a connection of another kind. */
export async function greeted(options: CarriedClientOptions): Promise<LineClient> {
  const client = new LineClient(options);
  try {
    await client.expect(/^AUTH_REQUIRED: /);
    return client;
  } catch (error) {
    client.vanish();
    throw error;
  }
}

/**
 * One connection of the line protocol, for tests and benches. Records its history as it happens,
 * passwords excepted. The answer to a command other than a message is to be awaited before the
 * next command: answers of several lines have no mark at their end.
 */
export class LineClient {
  readonly #talk: LineConversation;
  readonly #withinMs: number;

  constructor(options: CarriedClientOptions) {
    this.#talk = new LineConversation(options);
    this.#withinMs = options.withinMs ?? withinMsDefault;
  }

  /** Settles with the reason when the connection is over; never rejects. */
  get closed(): Promise<string> {
    return this.#talk.socket.closed;
  }

  get isOpen(): boolean {
    return this.#talk.isOpen;
  }

  /** Once logged in. */
  get user(): string | undefined {
    return this.#talk.user;
  }

  /** The room that it was last told to be in, as shown. */
  get room(): string | undefined {
    return this.#talk.room;
  }

  /** How many lines it has received. */
  get received(): number {
    return this.#talk.received;
  }

  /** How many messages and commands await an answer. */
  get unanswered(): number {
    return this.#talk.unanswered;
  }

  /** @throws Error with the server's words when it refuses, or when it does not answer in time */
  async login(user: string, password: string, options?: { takeover?: boolean }): Promise<void> {
    mustSucceed(`login as ${user}`, await this.tryLogin(user, password, options));
  }

  /** Asks for a login and answers the server's words: the welcome or an error. */
  tryLogin(user: string, password: string, { takeover = false } = {}): Promise<string> {
    return this.command(`LOGIN ${user} ${password}${takeover ? ' TAKEOVER' : ''}`);
  }

  /** Goes to a room. @throws Error with the server's words when it refuses */
  async join(room: string): Promise<void> {
    mustSucceed(`/join ${room}`, await this.command(`/join ${room}`));
  }

  /** Has each message answered from now on. @throws Error when the server refuses */
  async receipts(): Promise<void> {
    mustSucceed('/receipts on', await this.command('/receipts on'));
    this.#talk.receiptsOn = true;
  }

  /** Ends the session; settles with the server's words when the connection is over. */
  async logout(): Promise<string> {
    const answer = await this.command('/logout');
    await within(this.closed, this.#withinMs, 'the connection to end after /logout');
    return answer;
  }

  /**
   * Sends a command and answers with the first line of its answer, an error like any other.
   *
   * @throws Error when none comes in time, or the connection is over
   */
  command(line: string): Promise<string> {
    const [secretless] = line.split(' ', 2);
    const answer = new Promise<string>((resolve, reject) => {
      this.#talk.ask(line, { settle: resolve, fail: reject }).catch(reject);
    });
    return within(answer, this.#withinMs, `an answer to ${secretless}`);
  }

  /**
   * Says a text in the room and answers what becomes of it; that is `unknown` when the connection
   * ends first, and at once while receipts are off. The text may begin with `/`.
   *
   * @throws Error when it was not sent: the connection is over, or too much lies unsent
   */
  say(text: string): Promise<Outcome> {
    return this.#talk.post(text).outcome;
  }

  /**
   * Sends a line as a person types it, whether message or command; its answer is left to `expect`.
   * Settles when the system has taken it.
   *
   * @throws Error when it was not sent, or the connection broke before it was
   */
  async send(line: string): Promise<void> {
    const isCommand = line.startsWith('/') && !line.startsWith('//');
    if (this.#talk.user === undefined || isCommand || line === '')
      await this.#talk.ask(line, { settle: ignored, fail: ignored });
    else await this.#talk.post(line.startsWith('//') ? line.slice(1) : line).written;
  }

  /** The next line that is this or matches it: see {@link RecentLines.expect}. */
  expect(wanted: string | RegExp, withinMs = this.#withinMs): Promise<ReceivedLine> {
    return this.#talk.recent.expect(wanted, withinMs);
  }

  /** Reads no more until `resume`: a slow reader. */
  pause(): void {
    this.#talk.socket.pause();
  }

  resume(): void {
    this.#talk.socket.resume();
  }

  /**
   * Ends the connection in good order. `complete` promises, for the checker, that the caller has
   * waited until everything that was ever said must have arrived.
   */
  async close({ complete = false } = {}): Promise<void> {
    this.#talk.complete = complete && this.#talk.isOpen;
    await this.#talk.socket.end();
  }

  /** The connection is gone without a word. */
  vanish(): void {
    this.#talk.socket.vanish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.vanish();
    await this.closed;
  }
}

const ignored = (): void => {};

function mustSucceed(what: string, answer: string): void {
  if (!answer.startsWith('SUCCESS: ')) throw new Error(`${what} was answered: ${answer}`);
}
