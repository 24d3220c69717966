import type { ErrorCode } from '../../core/error-catalogue.ts';
import { unreachable } from '../../core/rejection.ts';
import { ChatSession } from './chat-session.ts';
import { type Effect, fail, tell } from './effect.ts';
import { parseEnteredLine } from './entered-line.ts';
import { LoginDialog, type LoginOptions } from './login-dialog.ts';
import { Reconnection } from './reconnection.ts';
import type { ServerLine } from './server-line.ts';

export interface ConversationOptions extends LoginOptions {
  /** Where to go after the login. */
  readonly room: string | undefined;
  /** From 0 to 1, for the waits between attempts. */
  readonly random: () => number;
}

/** What happens to a conversation. */
export type Happening =
  | { readonly type: 'line'; readonly line: ServerLine }
  /** The connection has ended, or did not come about. */
  | { readonly type: 'closed'; readonly why: string; readonly mayPass: boolean }
  | { readonly type: 'entered'; readonly text: string }
  /** A wait is over. */
  | { readonly type: 'waited' }
  | { readonly type: 'quit' };

type Status =
  | 'connecting'
  /** A person is being asked; the connection may end meanwhile. */
  | 'asking'
  | 'loggingIn'
  | 'chatting'
  /** Until the next attempt. */
  | 'waiting'
  | 'leaving'
  | 'finished';

type ErrorLine = Extract<ServerLine, { kind: 'error' }>;

/** Errors behind which the server ends the connection. */
const cutOffs: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'TakenOver',
  'AccountSuspended',
  'AccountErased',
  'PasswordReset',
  'SessionEnded',
  'ServerStopping',
  'ServerRestarted',
  'SlowReader',
  'TooManyConnections',
]);
const goodbyeMsMax = 2_000;

/**
 * What a client says and does, from the first connection to the end: logs in, comes back after a
 * loss to the room it was in, leaves. It knows no socket, screen or clock: it takes what happens
 * and tells what to do about it. A program that cannot be asked (`interactive: false`) gets no
 * second connection.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #login: LoginDialog;
  readonly #reconnection: Reconnection;
  #status: Status = 'connecting';
  #isLinkUp = false;
  /** The last session; undefined until there was one. */
  #session: ChatSession | undefined;
  /** The last line of the server, if that was an error: the reason when it hangs up. */
  #lastError: ErrorLine | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#login = new LoginDialog(options);
    this.#reconnection = new Reconnection(options.random);
  }

  start(): readonly Effect[] {
    return [{ do: 'connect' }];
  }

  take(happening: Happening): readonly Effect[] {
    if (this.#status === 'finished') return [];
    switch (happening.type) {
      case 'line':
        return this.#onLine(happening.line);
      case 'closed':
        return this.#onClosed(happening.why, happening.mayPass);
      case 'entered':
        return this.#onEntered(happening.text);
      case 'waited':
        return this.#onWaited();
      case 'quit':
        return this.#onQuit();
      default:
        return unreachable(happening);
    }
  }

  #onLine(line: ServerLine): readonly Effect[] {
    this.#isLinkUp = true;
    const error = this.#lastError;
    this.#lastError = line.kind === 'error' ? line : undefined;
    switch (this.#status) {
      case 'connecting':
        return line.kind === 'authRequired' ? this.#followLogin(this.#login.next()) : [];
      case 'loggingIn':
        if (line.kind === 'welcome') return this.#onWelcome(line);
        if (line.kind === 'success') return [{ do: 'show', line }];
        if (line.kind !== 'authRequired' || error === undefined) return [];
        return this.#followLogin(
          this.#login.refused(error, { isReturning: this.#session !== undefined }),
        );
      case 'chatting':
      case 'leaving':
        return this.#session?.line(line) ?? [];
      case 'asking':
      case 'waiting':
      case 'finished':
        return [];
      default:
        return unreachable(this.#status);
    }
  }

  /** Goes where the login's next step leads. */
  #followLogin(effects: readonly Effect[]): readonly Effect[] {
    const last = effects.at(-1)?.do;
    if (last === 'ask') this.#status = 'asking';
    else if (last === 'wait') this.#status = 'waiting';
    else if (last === 'finish') this.#status = 'finished';
    else this.#status = 'loggingIn';
    if (last !== 'send' || this.#isLinkUp) return effects;
    // The server did not wait for the answer.
    this.#status = 'connecting';
    return [...effects.slice(0, -1), { do: 'connect' }];
  }

  #onWelcome(line: Extract<ServerLine, { kind: 'welcome' }>): readonly Effect[] {
    const before = this.#session;
    const session = new ChatSession(line, this.#login, this.#options);
    this.#status = 'chatting';
    this.#session = session;
    this.#login.welcomed(line.user);
    const words = before === undefined ? firstWords : 'Connected again.';
    return [
      { do: 'show', line },
      ...(this.#options.interactive ? [tell(words)] : []),
      ...session.begin(before?.room ?? this.#options.room),
    ];
  }

  #onClosed(why: string, mayPass: boolean): readonly Effect[] {
    const cause = this.#lastError;
    this.#isLinkUp = false;
    this.#lastError = undefined;
    switch (this.#status) {
      case 'leaving':
        return this.#finish(0);
      case 'chatting':
        return this.#onLost(cutOffs.has(cause?.code) ? cause : undefined, why);
      case 'connecting':
      case 'loggingIn':
        return this.#onFailed(cause?.text ?? (why || 'The server ended the connection.'), mayPass);
      case 'asking':
      case 'waiting':
      case 'finished':
        return [];
      default:
        return unreachable(this.#status);
    }
  }

  /** The connection is gone in the middle of a session; the cause has been shown already. */
  #onLost(cause: ErrorLine | undefined, why: string): readonly Effect[] {
    const lost = this.#session?.lost() ?? [];
    if (cause?.code === 'TakenOver') return [...lost, fail(takenOverWords), ...this.#finish(1)];
    const words = cause === undefined ? fail(lostWords(why)) : tell('The server hung up.');
    const isClosed = cause?.code === 'AccountSuspended' || cause?.code === 'AccountErased';
    if (!this.#options.interactive || isClosed) return [words, ...lost, ...this.#finish(1)];
    this.#status = 'waiting';
    return [words, ...lost, ...this.#reconnection.begin()];
  }

  /** No connection, or no login: at first that ends it, later on it may pass. */
  #onFailed(why: string, mayPass: boolean): readonly Effect[] {
    if (this.#session === undefined || !mayPass) return [fail(why), ...this.#finish(1)];
    this.#status = 'waiting';
    return this.#reconnection.again(why);
  }

  #onEntered(text: string): readonly Effect[] {
    if (this.#status === 'asking') return this.#followLogin(this.#login.answered(text));
    const line = parseEnteredLine(text);
    if (line.kind === 'nothing') return [];
    if (this.#status === 'chatting' && this.#session !== undefined) {
      const effects = this.#session.entered(line, text);
      return line.kind === 'quit' ? [...effects, ...this.#leave()] : effects;
    }
    if (line.kind === 'quit') return this.#onQuit();
    return [fail('Not sent: there is no connection now.'), { do: 'giveBack', text }];
  }

  #onWaited(): readonly Effect[] {
    if (this.#status === 'leaving') return [{ do: 'hangUp' }, ...this.#finish(0)];
    if (this.#status !== 'waiting') return [];
    if (this.#isLinkUp) return this.#followLogin(this.#login.next());
    this.#status = 'connecting';
    return [{ do: 'connect' }];
  }

  #onQuit(): readonly Effect[] {
    if (this.#status === 'chatting') return [{ do: 'send', line: '/quit' }, ...this.#leave()];
    return [{ do: 'hangUp' }, ...this.#finish(this.#session === undefined ? 1 : 0)];
  }

  /** `/quit` has been sent. */
  #leave(): readonly Effect[] {
    this.#status = 'leaving';
    return [{ do: 'wait', ms: goodbyeMsMax }];
  }

  #finish(code: 0 | 1): readonly Effect[] {
    this.#status = 'finished';
    return [{ do: 'finish', code }];
  }
}

const firstWords = 'Type to talk; /help lists the commands, Tab completes, Ctrl-D quits.';
const takenOverWords = 'Your session goes on in the connection that took it over; this one ends.';
const lostWords = (why: string): string => `The connection was lost${why && `: ${why}`}.`;
