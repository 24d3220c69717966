import type { ClientLink, Input, LinkOwner, WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { Following } from '../core/following.ts';
import type { SessionEnd } from '../core/session.ts';
import type { Chat } from './chat.ts';
import { InboxMark, markRead } from './inbox.ts';
import { LoginClock } from './login-clock.ts';
import { MessageRate } from './message-rate.ts';
import { MessagesInFlight, messagesInFlightMax } from './messages-in-flight.ts';
import { Outgoing } from './outgoing.ts';
import { type ExclusiveCommand, runCommand } from './run-command.ts';
import { say } from './say.ts';
import { endSession } from './session-end.ts';

/** From the greeting to a login. People type; a check of a password stops the clock. */
export const loginMsMax = 60_000;
/** More input than this waits for its turn only if the client does not wait for answers. */
export const inputsWaitingMax = 64;

/** A session whose opening has been handed to the log. */
export interface Opening {
  readonly session: string;
  /** Whom its user follows, as of the opening's place in the log. */
  readonly following: Following;
}

type State =
  | { readonly status: 'greeting'; readonly opening?: Opening }
  | { readonly status: 'authenticated'; readonly user: string; readonly session: string }
  | { readonly status: 'closing' };

/**
 * One client. What it sends is carried out in order: messages may be under way together, any other
 * command waits for those before it and holds up those behind it.
 */
export class Connection implements LinkOwner {
  readonly format: WireFormat;
  readonly address: string;
  readonly inboxMark = new InboxMark();
  readonly outgoing: Outgoing;
  /** The places in the log at which the session was opened. */
  inboxAsOf: readonly number[] = [];
  /** Whether the view shows in which rooms the session is: a move's fate may be unknown. */
  isPlaced = true;
  readonly #chat: Chat;
  readonly #link: ClientLink;
  readonly #onGone: () => void;
  readonly #inputs: Input[] = [];
  readonly #inFlight = new MessagesInFlight(
    (answer) => this.#tellReceipt(answer),
    () => this.#answered(),
  );
  readonly #rate: MessageRate;
  readonly #loginClock: LoginClock;
  #state: State = { status: 'greeting' };
  #running = false;
  #ended = false;
  #takesNoMore = false;
  #receipts = false;
  #paused = false;
  #onSettled: (() => void)[] = [];

  constructor(chat: Chat, link: ClientLink, onGone: () => void) {
    this.#onGone = onGone;
    this.#chat = chat;
    this.#link = link;
    this.format = link.format;
    this.address = link.address;
    this.outgoing = new Outgoing(link);
    this.#rate = new MessageRate(chat.options.messagesPerSecond, performance.now());
    this.tell({ kind: 'authRequired' });
    this.flush();
    const loginMs = chat.options.loginMs ?? loginMsMax;
    this.#loginClock = new LoginClock(loginMs, () => this.disconnect('LoginTimedOut'));
    this.#loginClock.start();
  }

  /** The user and session, once logged in. */
  get identity(): { readonly user: string; readonly session: string } | undefined {
    return this.#state.status === 'authenticated' ? this.#state : undefined;
  }

  get isClosing(): boolean {
    return this.#state.status === 'closing';
  }

  // What the link tells.

  onInput(input: Input): void {
    if (this.isClosing || this.#takesNoMore) return;
    this.#inputs.push(input);
    this.#pump();
  }

  onEnd(): void {
    this.#ended = true;
    this.#pump();
  }

  onDrained(): void {
    this.#pump();
  }

  onSlow(): void {
    if (this.isClosing) return;
    const { taken } = this.outgoing;
    const place =
      taken === undefined ? '' : `Read on after number ${taken.number} of ${taken.room}.`;
    this.disconnect('SlowReader', place);
  }

  onClosed(): void {
    this.#leaveLog('disconnected');
    this.#onGone();
  }

  // What the log and the commands tell.

  /** Queues an answer; it leaves with the next flush. */
  tell(answer: Answer): void {
    this.send(this.#link.format.answer(answer));
  }

  fail(code: ErrorCode, subject = ''): void {
    this.tell({ kind: 'error', code, subject });
  }

  send(bytes: Buffer): void {
    this.outgoing.send(bytes);
  }

  flush(): void {
    this.outgoing.flush();
  }

  /** What is being opened; undefined when nothing is, or the client has gone meanwhile. */
  get opening(): Opening | undefined {
    return this.#state.status === 'greeting' ? this.#state.opening : undefined;
  }

  beginOpening(opening: Opening): void {
    if (this.#state.status === 'greeting') this.#state = { status: 'greeting', opening };
  }

  abandonOpening(): void {
    if (this.#state.status === 'greeting') this.#state = { status: 'greeting' };
  }

  /** The session's opening was folded: the client is logged in. */
  authenticated(user: string, session: string): void {
    this.#state = { status: 'authenticated', user, session };
    this.#link.admit();
  }

  /** The log says that the session is over. */
  sessionEnded(reason: SessionEnd): void {
    if (reason === 'takenOver') this.disconnect('TakenOver');
    else if (reason === 'suspended') this.disconnect('AccountSuspended');
    else if (reason === 'expired') this.disconnect('SessionEnded');
    else this.close();
  }

  /** One of this connection's messages was folded. */
  stored(id: string, receipt: Answer): void {
    this.#inFlight.answer(id, receipt);
    this.#settle();
  }

  // What commands do to the connection.

  setReceipts(on: boolean): void {
    this.#receipts = on;
  }

  /** Takes part in the rate limit; false when the message comes too early. */
  takesMessage(): boolean {
    return this.#rate.take(performance.now());
  }

  messageSent(id: string): void {
    this.#inFlight.add(id);
  }

  messageFailed(id: string, error: Answer): void {
    this.#inFlight.answer(id, error);
    this.#answered();
  }

  /** Carries out nothing more of what the client sends; what is under way is still answered. */
  takeNoMore(): void {
    this.#takesNoMore = true;
    this.#inputs.length = 0;
  }

  disconnect(code: ErrorCode, subject = ''): void {
    if (this.isClosing) return;
    this.fail(code, subject);
    this.close();
  }

  /** Ends the connection, and the session with it if the log still has it. */
  close(): void {
    this.outgoing.release();
    this.#leaveLog('disconnected');
    this.#link.close();
  }

  /** Resolves when none of this connection's messages is under way. */
  settled(): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onSettled.push(resolve));
  }

  #leaveLog(reason: SessionEnd): void {
    const { identity } = this;
    if (this.isClosing) return;
    this.#state = { status: 'closing' };
    this.#inputs.length = 0;
    this.#loginClock.stop();
    if (identity !== undefined) void this.#endSession(identity, reason);
  }

  async #endSession(
    { user, session }: { user: string; session: string },
    reason: SessionEnd,
  ): Promise<void> {
    await this.settled();
    if (this.#chat.isEnding) return this.#chat.fanOut.unbind(session);
    await markRead(this.#chat, this.inboxMark, { user, session });
    await endSession(this.#chat, { user, session, reason });
  }

  /** Runs what has come to its turn. */
  #pump(): void {
    while (!this.#running && !this.isClosing && !this.#link.isBlocked) {
      const input = this.#inputs[0];
      if (input === undefined) break;
      const command = input(this.identity !== undefined);
      const isMessage = command?.type === 'say';
      if (this.#inFlight.size >= (isMessage ? messagesInFlightMax : 1)) break;
      this.#inputs.shift();
      if (isMessage) say(this.#chat, this, command.text);
      else if (command !== undefined) void this.#run(command);
    }
    if (this.#ended && !this.#running && this.#inputs.length === 0 && this.#inFlight.size === 0)
      this.close();
    this.#regulate();
  }

  async #run(command: ExclusiveCommand): Promise<void> {
    this.#running = true;
    this.#loginClock.stop();
    try {
      await runCommand(this.#chat, this, command);
    } catch (error) {
      this.#chat.log.error({ err: error, command: command.type }, 'a command failed');
      this.fail('InternalError');
    }
    this.#running = false;
    if (this.#state.status === 'greeting') this.#loginClock.start();
    this.flush();
    this.#pump();
  }

  #answered(): void {
    this.flush();
    this.#settle();
  }

  #settle(): void {
    if (this.#inFlight.size === 0) for (const resolve of this.#onSettled.splice(0)) resolve();
    this.#pump();
  }

  /** Reads no more from a client that sends faster than it is served. */
  #regulate(): void {
    const full = this.#inputs.length >= inputsWaitingMax;
    if (full === this.#paused || this.isClosing) return;
    this.#paused = full;
    if (full) this.#link.pause();
    else this.#link.resume();
  }

  #tellReceipt(answer: Answer): void {
    if (answer.kind !== 'stored' || this.#receipts) this.tell(answer);
  }
}
