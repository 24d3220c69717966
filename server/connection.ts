import type { ClientLink, Input, LinkOwner, WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { Cursor } from '../core/event-store.ts';
import type { CloseName } from '../core/close-code.ts';
import type { CommandOf } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { SessionEnd } from '../core/session.ts';
import type { LoadedFollowing } from '../core/views/followers.ts';
import { Answers } from './answers.ts';
import type { Chat } from './chat.ts';
import { closeNames, type ClosingError } from './close-names.ts';
import type { HeldSession } from './held-session.ts';
import { InputTurns, type TurnsOwner } from './input-turns.ts';
import { LoginClock } from './login-clock.ts';
import { MessagesInFlight } from './messages-in-flight.ts';
import { Outgoing } from './outgoing.ts';
import { Pace } from './pace.ts';
import { type ExclusiveCommand, runCommand } from './run-command.ts';
import { say } from './say.ts';
import { detachSession } from './session-detach.ts';
import { endSession } from './session-end.ts';

/** From the greeting to a login. People type; a check of a password stops the clock. */
export const loginMsMax = 60_000;
/** What to tell whoever is sent too much while their kept messages are read, in seconds. */
const heldRetrySeconds = '5';

/** Answers to commands of a session, by which alone the log tells of them. */
const ofCommands: ReadonlySet<Answer['kind']> = new Set([
  'subscribed',
  'unsubscribed',
  'directStored',
  'passwordChanged',
] as const);

/** A session whose opening, or resumption, has been handed to the log. */
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
  readonly messages: MessagesInFlight;
  readonly pace: Pace;
  /** The places in the log at which the session was opened, or resumed. */
  openedAt: readonly Cursor[] = [];
  readonly #chat: Chat;
  readonly #link: ClientLink;
  readonly #onGone: () => void;
  readonly #turns: InputTurns = new InputTurns(this);
  readonly #loginClock: LoginClock;
  readonly #answers: Answers;
  #state: State = { status: 'greeting' };

  constructor(chat: Chat, link: ClientLink, onGone: () => void) {
    this.#onGone = onGone;
    this.#chat = chat;
    this.messages = new MessagesInFlight(this, chat.metrics);
    this.#link = link;
    this.format = link.format;
    this.address = link.address;
    this.outgoing = new Outgoing(link, () => this.disconnect('Busy', heldRetrySeconds));
    this.#answers = new Answers(link.format, this.outgoing);
    this.pace = new Pace(chat.options);
    const { name, registrationOpen } = chat.options;
    this.tell({ kind: 'greeting', server: name, registrationOpen });
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
    if (this.isClosing) return;
    if (this.#answers.asked(input.request)) this.#turns.add(input);
    else this.disconnect('DuplicateRequest');
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

  say(command: CommandOf<'say'>, request: string | undefined): void {
    say(this.#chat, this, command, request);
  }

  async run(command: ExclusiveCommand, request: string | undefined): Promise<void> {
    this.#loginClock.stop();
    this.#answers.begin(request);
    try {
      await runCommand(this.#chat, this, command);
    } catch (error) {
      this.#chat.log.error({ err: error, command: command.type }, 'a command failed');
      this.fail('InternalError');
    }
    this.#chat.metrics.answered(command.type, this.#answers.end() ?? 'ok');
    if (this.#state.status === 'greeting') this.#loginClock.start();
    this.flush();
  }

  readOn(on: boolean): void {
    if (on) this.#link.resume();
    else this.#link.pause();
  }

  onExhausted(): void {
    this.close('LoggedOut');
  }

  // What the log and the commands tell.

  /** Queues an answer to what is carried out, or to `request`; it leaves with the next flush. */
  tell(answer: Answer, request?: string): void {
    this.#answers.tell(answer, request);
  }

  /**
   * The log answers a command. Where a client has names for what it asks, what comes too late is
   * not taken for the answer to what it has asked since.
   */
  folded(cause: string, answer: Answer): void {
    const isLate = ofCommands.has(answer.kind) && cause !== this.held?.cause;
    if (!this.format.resumes || !isLate) this.tell(answer);
  }

  /** The same, before what is held. */
  tellFirst(answer: Answer): void {
    this.#answers.tellFirst(answer);
  }

  /** Queues what is no answer to anything. */
  announce(answer: Answer): void {
    this.#answers.announce(answer);
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

  /** Tells how far the log has been shown, to a client that can come back. */
  tellCursor(cursor: string): void {
    const bytes = this.held?.isResumable ? this.format.cursor(cursor) : undefined;
    if (bytes === undefined) return;
    this.send(bytes);
    this.flush();
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
    else this.close('LoggedOut');
  }

  // What commands do to the connection.

  /** Carries out nothing more of what the client sends; what is under way is still answered. */
  takeNoMore(): void {
    this.#turns.takeNoMore();
  }

  disconnect(code: ClosingError, subject = ''): void {
    if (this.isClosing) return;
    this.announce({ kind: 'error', code, subject });
    this.close(closeNames[code]);
  }

  /**
   * Ends the connection, and what the log still has of its session: one that can be resumed is
   * detached.
   */
  close(why: CloseName): void {
    this.#letOutgoing();
    this.#leaveLog('disconnected');
    this.#link.close(why);
  }

  /** Ends the connection of a session that goes on elsewhere. */
  cedeSession(): void {
    if (this.isClosing) return;
    this.announce({ kind: 'error', code: 'ResumedElsewhere', subject: '' });
    void this.held?.letGo();
    this.#state = { status: 'closing' };
    this.#turns.takeNoMore();
    this.#letOutgoing();
    this.#link.close('ResumedElsewhere');
  }

  /**
   * Whoever comes back is shown again what is held, behind what stands before it; whoever does not
   * is shown it now.
   */
  #letOutgoing(): void {
    if (this.format.resumes) this.outgoing.drop();
    else this.outgoing.release();
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
    const { fanOut, isEnding } = this.#chat;
    if (!isEnding && !held.isResumable) return endSession(this.#chat, { user, session, reason });
    const isOurs = (): boolean => fanOut.holder(session) === this;
    if (!isEnding) await detachSession(this.#chat, { user, session, isOurs });
    fanOut.unbind(session, this);
  }
}
