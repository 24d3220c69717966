import type { WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { HeldSession } from './held-session.ts';
import type { Outgoing } from './outgoing.ts';
import { tokenOf } from './session-token.ts';

/** Answers to commands of a session, by which alone the log tells of them. */
const ofCommands: ReadonlySet<Answer['kind']> = new Set([
  'subscribed',
  'unsubscribed',
  'directStored',
  'passwordChanged',
] as const);

/**
 * What one client is told in return for what it asks. Where a client has a name for it, it gets one
 * answer under that name.
 */
export class Answers {
  readonly #format: WireFormat;
  readonly #outgoing: Outgoing;
  readonly #unanswered = new Set<string>();
  /** What the client calls the command that is carried out. */
  #request: string | undefined;
  #lastError: ErrorCode | undefined;

  constructor(format: WireFormat, outgoing: Outgoing) {
    this.#format = format;
    this.#outgoing = outgoing;
  }

  /** The client asks; false when it has asked under this name and was not answered yet. */
  asked(request: string | undefined): boolean {
    if (request === undefined) return true;
    if (this.#unanswered.has(request)) return false;
    this.#unanswered.add(request);
    return true;
  }

  /** A command is carried out from now on: what is told is the answer to it. */
  begin(request: string | undefined): void {
    this.#request = request;
    this.#lastError = undefined;
  }

  /** It has been carried out. Answers the last error that was told, if any. */
  end(): ErrorCode | undefined {
    this.#request = undefined;
    return this.#lastError;
  }

  /** Queues an answer to what is carried out, or to `request`. */
  tell(answer: Answer, request: string | undefined = this.#request): void {
    const bytes = this.#encode(answer, request);
    if (bytes !== undefined) this.#outgoing.send(bytes);
  }

  /**
   * The log answers a command of this `cause`; `held` is the session, which knows that of the one
   * which is carried out. Where a client has names for what it asks, what comes too late is not taken for the answer to
   * what it has asked since.
   */
  folded(answer: Answer, cause: string, held: HeldSession | undefined): void {
    const isLate = ofCommands.has(answer.kind) && cause !== held?.cause;
    if (this.#format.resumes && isLate) return;
    // The log knows no secrets.
    const isRenewed = answer.kind === 'passwordChanged' && held?.isResumable === true;
    this.tell(isRenewed ? { ...answer, token: tokenOf(held) } : answer);
  }

  /** The same as `tell`, before what is held. */
  tellFirst(answer: Answer): void {
    this.#outgoing.sendFirst(this.#encode(answer, this.#request));
  }

  /** Queues what is no answer to anything. */
  announce(answer: Answer): void {
    const bytes = this.#format.answer(answer, undefined);
    if (bytes !== undefined) this.#outgoing.send(bytes);
  }

  #encode(answer: Answer, request: string | undefined): Buffer | undefined {
    if (answer.kind === 'error') this.#lastError = answer.code;
    const bytes = this.#format.answer(answer, request);
    if (bytes === undefined || request === undefined) return bytes;
    return this.#unanswered.delete(request) ? bytes : undefined;
  }
}
