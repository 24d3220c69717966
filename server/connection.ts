import type { ClientLink, Input, LinkOwner, WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { Cursor } from '../core/event-store.ts';
import type { CloseName } from '../core/close-code.ts';
import type { CommandOf } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { SessionEnd } from '../core/session.ts';
import { Answers } from './answers.ts';
import type { Chat } from './chat.ts';
import { closeNames, type ClosingError, endErrors } from './close-names.ts';
import { ConnectionState } from './connection-state.ts';
import type { HeldSession } from './held-session.ts';
import { InputTurns, type TurnsOwner } from './input-turns.ts';
import { LoginClock, loginHeldMsMax, loginMsMax } from './login-clock.ts';
import { MessagesInFlight } from './messages-in-flight.ts';
import { Outgoing } from './outgoing.ts';
import { Pace } from './pace.ts';
import { type ExclusiveCommand, runCommand } from './run-command.ts';
import { say } from './say.ts';
import { leaveSession } from './session-leaving.ts';

/** What to tell whoever is sent too much while their kept messages are read, in seconds. */
const heldRetrySeconds = '5';

/** One client, from its greeting to its end. */
export class Connection implements LinkOwner, TurnsOwner {
  readonly state = new ConnectionState();
  readonly format: WireFormat;
  readonly address: string;
  readonly outgoing: Outgoing;
  readonly answers: Answers;
  readonly messages: MessagesInFlight;
  readonly pace: Pace;
  /** The places in the log at which the session was opened, or resumed. */
  openedAt: readonly Cursor[] = [];
  readonly #chat: Chat;
  readonly #link: ClientLink;
  readonly #onGone: () => void;
  readonly #turns: InputTurns = new InputTurns(this);
  readonly #loginClock: LoginClock;

  constructor(chat: Chat, link: ClientLink, onGone: () => void) {
    this.#onGone = onGone;
    this.#chat = chat;
    this.messages = new MessagesInFlight(this, chat.metrics);
    this.#link = link;
    this.format = link.format;
    this.address = link.address;
    this.outgoing = new Outgoing(link, () => this.disconnect('Busy', heldRetrySeconds));
    this.answers = new Answers(link.format, this.outgoing);
    this.pace = new Pace(chat.options);
    const { name, registrationOpen } = chat.options;
    this.tell({ kind: 'greeting', server: name, registrationOpen });
    this.flush();
    const { loginMs = loginMsMax, loginHeldMs = loginHeldMsMax } = chat.options;
    const onTimeUp = (): void => this.disconnect('LoginTimedOut');
    this.#loginClock = new LoginClock(loginMs, loginHeldMs, onTimeUp);
    this.#loginClock.start();
  }

  /** The session, once logged in. */
  get held(): HeldSession | undefined {
    return this.state.held;
  }

  get user(): string | undefined {
    return this.held?.user;
  }

  get isClosing(): boolean {
    return this.state.status === 'closing';
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
    if (this.answers.asked(input.request)) this.#turns.add(input);
    else this.disconnect('DuplicateRequest');
  }

  onEnd(): void {
    this.#turns.end();
  }

  onDrained(): void {
    this.proceed();
  }

  onTaken(): void {
    this.held?.marks.taken();
    this.flush();
  }

  onSlow(): void {
    if (this.isClosing) return;
    const { taken } = this.outgoing;
    const place =
      taken === undefined ? '' : `Read on after number ${taken.number} of ${taken.room}.`;
    this.disconnect('SlowReader', place);
  }

  onClosed(): void {
    this.#leave();
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
    this.answers.begin(request);
    try {
      await runCommand(this.#chat, this, command);
    } catch (error) {
      this.#chat.log.error({ err: error, command: command.type }, 'a command failed');
      this.fail('InternalError');
    }
    const kind = command.type === 'fault' ? (command.of ?? 'fault') : command.type;
    this.#chat.metrics.answered(kind, this.answers.end() ?? 'ok');
    if (this.state.status === 'greeting') this.#loginClock.start();
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
    this.answers.tell(answer, request);
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

  /** Asks whether the client has what it was sent; see {@link ClientLink}. */
  confirm(): void {
    this.#link.confirm();
  }

  /** The session's opening was folded: the client is logged in. */
  authenticated(held: HeldSession): void {
    this.state.authenticate(held);
    this.#loginClock.end();
    this.#link.admit();
  }

  /** The log says that the session is over. */
  sessionEnded(reason: SessionEnd): void {
    const error = endErrors[reason];
    if (error === undefined) this.close('LoggedOut');
    else this.disconnect(error);
  }

  // What commands do to the connection.

  /** Carries out nothing more of what the client sends; what is under way is still answered. */
  takeNoMore(): void {
    this.#turns.takeNoMore();
  }

  disconnect(code: ClosingError, subject = ''): void {
    if (this.isClosing) return;
    this.answers.announce({ kind: 'error', code, subject });
    this.close(closeNames[code]);
  }

  /**
   * Ends the connection, and what the log still has of its session: one that can be resumed is
   * detached.
   */
  close(why: CloseName): void {
    this.#letOutgoing();
    this.#leave();
    this.#link.close(why);
  }

  /** Ends the connection of a session that goes on elsewhere. */
  cedeSession(): void {
    if (this.isClosing) return;
    this.answers.announce({ kind: 'error', code: 'ResumedElsewhere', subject: '' });
    void this.#end()?.letGo();
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
    await held?.marked();
  }

  #leave(): void {
    if (this.isClosing) return;
    const held = this.#end();
    if (held !== undefined) void leaveSession(this.#chat, this, held);
  }

  /** Nothing of the client is carried out any more. Answers the session that it had. */
  #end(): HeldSession | undefined {
    this.#turns.takeNoMore();
    this.#loginClock.end();
    return this.state.close();
  }
}
