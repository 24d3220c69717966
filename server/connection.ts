import type { ClientLink, Input, LinkOwner, WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { SessionEnd } from '../core/session.ts';
import type { LoadedFollowing } from '../core/views/followers.ts';
import type { Chat } from './chat.ts';
import type { HeldSession } from './held-session.ts';
import { InputTurns, type TurnsOwner } from './input-turns.ts';
import { LoginClock } from './login-clock.ts';
import { MessagesInFlight } from './messages-in-flight.ts';
import { Outgoing } from './outgoing.ts';
import { type ExclusiveCommand, runCommand } from './run-command.ts';
import { say } from './say.ts';
import { endSession } from './session-end.ts';
import { TokenBucket } from './token-bucket.ts';

/** From the greeting to a login. People type; a check of a password stops the clock. */
export const loginMsMax = 60_000;
/** Commands other than messages are carried out no faster: most of them read the store. */
export const commandsPerSecondMax = 100;
/** What to tell whoever is sent too much while their kept messages are read, in seconds. */
const heldRetrySeconds = '5';

/** A session whose opening has been handed to the log. */
export interface Opening {
  readonly held: HeldSession;
  /** Whom its user follows, as of the opening's place in the log. */
  readonly following: LoadedFollowing;
}

type State =
  | { readonly status: 'greeting'; readonly opening?: Opening }
  | { readonly status: 'authenticated'; readonly held: HeldSession }
  | { readonly status: 'closing' };

/** One client, from its greeting to its end. */
export class Connection implements LinkOwner, TurnsOwner {
  readonly format: WireFormat;
  readonly address: string;
  readonly outgoing: Outgoing;
  readonly messages = new MessagesInFlight(this);
  /** The places in the log at which the session was opened. */
  inboxAsOf: readonly number[] = [];
  readonly #chat: Chat;
  readonly #link: ClientLink;
  readonly #onGone: () => void;
  readonly #turns: InputTurns = new InputTurns(this);
  readonly #messageRate: TokenBucket;
  readonly #commandRate: TokenBucket;
  readonly #loginClock: LoginClock;
  #state: State = { status: 'greeting' };

  constructor(chat: Chat, link: ClientLink, onGone: () => void) {
    this.#onGone = onGone;
    this.#chat = chat;
    this.#link = link;
    this.format = link.format;
    this.address = link.address;
    this.outgoing = new Outgoing(link, () => this.disconnect('Busy', heldRetrySeconds));
    const { messagesPerSecond, commandsPerSecond = commandsPerSecondMax } = chat.options;
    this.#messageRate = new TokenBucket(messagesPerSecond, performance.now());
    this.#commandRate = new TokenBucket(commandsPerSecond, performance.now());
    this.tell({ kind: 'authRequired' });
    this.flush();
    const loginMs = chat.options.loginMs ?? loginMsMax;
    this.#loginClock = new LoginClock(loginMs, () => this.disconnect('LoginTimedOut'));
    this.#loginClock.start();
  }

  /** The session, once logged in. */
  get held(): HeldSession | undefined {
    return this.#state.status === 'authenticated' ? this.#state.held : undefined;
  }

  get user(): string | undefined {
    return this.held?.user;
  }

  get isClosing(): boolean {
    return this.#state.status === 'closing';
  }

  get isBlocked(): boolean {
    return this.#link.isBlocked;
  }

  get messagesInFlight(): number {
    return this.messages.size;
  }

  // What the link tells.

  onInput(input: Input): void {
    if (!this.isClosing) this.#turns.add(input);
  }

  onEnd(): void {
    this.#turns.end();
  }

  onDrained(): void {
    this.proceed();
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

  // What takes its turn.

  proceed(): void {
    this.#turns.proceed();
  }

  say(text: string): void {
    say(this.#chat, this, text);
  }

  async run(command: ExclusiveCommand): Promise<void> {
    this.#loginClock.stop();
    try {
      await runCommand(this.#chat, this, command);
    } catch (error) {
      this.#chat.log.error({ err: error, command: command.type }, 'a command failed');
      this.fail('InternalError');
    }
    if (this.#state.status === 'greeting') this.#loginClock.start();
    this.flush();
  }

  readOn(on: boolean): void {
    if (on) this.#link.resume();
    else this.#link.pause();
  }

  onExhausted(): void {
    this.close();
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
  authenticated(held: HeldSession): void {
    this.#state = { status: 'authenticated', held };
    this.#link.admit();
  }

  /** The log says that the session is over. */
  sessionEnded(reason: SessionEnd): void {
    if (reason === 'takenOver') this.disconnect('TakenOver');
    else if (reason === 'suspended') this.disconnect('AccountSuspended');
    else if (reason === 'expired') this.disconnect('SessionEnded');
    else this.close();
  }

  // What commands do to the connection.

  /** Takes part in the limit of messages; false when this one comes too early. */
  takesMessage(): boolean {
    return this.#messageRate.take(performance.now());
  }

  /** Waits for as long as the limit of other commands asks for. */
  async takesCommand(): Promise<void> {
    while (!this.#commandRate.take(performance.now()))
      await new Promise((resolve) => setTimeout(resolve, this.#commandRate.delayMs));
  }

  /** Carries out nothing more of what the client sends; what is under way is still answered. */
  takeNoMore(): void {
    this.#turns.takeNoMore();
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

  /** Resolves when nothing of this client is under way, and the log knows what it was shown. */
  async settled(): Promise<void> {
    const { held } = this;
    await this.#turns.idle();
    await held?.marks.settled();
  }

  #leaveLog(reason: SessionEnd): void {
    if (this.isClosing) return;
    const { held } = this;
    this.#state = { status: 'closing' };
    this.#turns.takeNoMore();
    this.#loginClock.stop();
    if (held !== undefined) void this.#endSession(held, reason);
  }

  async #endSession(held: HeldSession, reason: SessionEnd): Promise<void> {
    await Promise.all([held.letGo(), this.messages.settled()]);
    await held.marks.settled();
    const { user, session } = held;
    if (this.#chat.isEnding) this.#chat.fanOut.unbind(session);
    else await endSession(this.#chat, { user, session, reason });
  }
}
