import { errorCatalogue, errorWords } from '../../core/error-catalogue.ts';
import { parseUserName } from '../../core/names.ts';
import { parsePassword } from '../../core/password.ts';
import { type Effect, fail, tell } from './effect.ts';
import type { ServerLine } from './server-line.ts';

export interface LoginOptions {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Make the account first. */
  readonly register: boolean;
  /** End another session of this user without asking. */
  readonly takeover: boolean;
  /** Whether somebody is there to be asked. */
  readonly interactive: boolean;
}

type Question = 'user' | 'password' | 'passwordAgain' | 'takeover';
type Refusal = Extract<ServerLine, { kind: 'error' }>;

const retryMs = 2_000;
/** A dead server's sessions end within 10 s; so long our own former session may be in the way. */
const formerSessionTriesMax = 8;

/** The questions before a login, and what its refusals lead to. Each step ends in one effect. */
export class LoginDialog {
  readonly #options: LoginOptions;
  #user: string | undefined;
  #password: string | undefined;
  /** Typed once, for a new account. */
  #unrepeated: string | undefined;
  #nextPassword: string | undefined;
  #question: Question = 'user';
  #register: boolean;
  #takeover: boolean;
  #formerSessionTries = 0;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#user = options.user;
    this.#password = options.password;
    this.#register = options.register;
    this.#takeover = options.takeover;
  }

  get user(): string | undefined {
    return this.#user;
  }

  /** The server waits for a login: asks for what is missing, else logs in. */
  next(): readonly Effect[] {
    const [user, password] = [this.#user, this.#password];
    if (user === undefined) return this.#ask('user');
    if (password === undefined) return this.#ask('password');
    const word = this.#register ? 'REGISTER' : 'LOGIN';
    const suffix = this.#takeover && !this.#register ? ' TAKEOVER' : '';
    return [{ do: 'send', line: `${word} ${user} ${password}${suffix}` }];
  }

  /** The answer to what was asked last. */
  answered(text: string): readonly Effect[] {
    switch (this.#question) {
      case 'user':
        return this.#onUser(text.trim());
      case 'password':
        return this.#onPassword(text);
      case 'passwordAgain':
        if (text !== this.#unrepeated)
          return [fail('The two are not the same.'), ...this.#ask('password')];
        this.#password = text;
        return this.next();
      case 'takeover':
        if (!/^y(?:es)?$/i.test(text.trim()))
          return [tell('Your other session goes on; this one ends.'), { do: 'finish', code: 1 }];
        this.#takeover = true;
        return this.next();
    }
  }

  /** The server refused the login. `isReturning`: there was a session before, in this program. */
  refused(refusal: Refusal, { isReturning }: { isReturning: boolean }): readonly Effect[] {
    const said: Effect = { do: 'show', line: refusal };
    switch (refusal.code) {
      case 'Busy':
        return [said, { do: 'wait', ms: Number(refusal.subject) * 1_000 || retryMs }];
      case 'Unavailable':
      case 'OutcomeUnknown':
      case 'InternalError':
        return [said, { do: 'wait', ms: retryMs }];
      case 'AlreadyLoggedIn':
        return this.#onAlreadyLoggedIn(said, isReturning);
      case 'InvalidCredentials':
      case 'InvalidPassword':
        this.#password = undefined;
        return this.#orGiveUp('password', said, tell('An empty password leads back to the name.'));
      case 'NameTaken':
      case 'InvalidUserName':
        this.#user = undefined;
        return this.#orGiveUp('user', said);
      default:
        return [said, { do: 'finish', code: 1 }];
    }
  }

  /** The login succeeded. What it was asked to do holds for this one login. */
  welcomed(user: string): void {
    this.#user = user;
    this.#register = false;
    this.#takeover = false;
    this.#formerSessionTries = 0;
  }

  /** The person asked for another password… */
  passwordMayChange(password: string): void {
    this.#nextPassword = password;
  }

  /** …and the server took it. */
  passwordChanged(): void {
    this.#password = this.#nextPassword ?? this.#password;
  }

  #onUser(typed: string): readonly Effect[] {
    if (typed === '') return this.#ask('user');
    const user = parseUserName(typed);
    if (user === undefined)
      return [fail(errorWords('InvalidUserName', typed)), ...this.#ask('user')];
    this.#user = user;
    return this.next();
  }

  #onPassword(typed: string): readonly Effect[] {
    // An empty one is the way back to the name.
    if (typed === '') return this.#ask('user');
    if (!this.#register) {
      if (/\s/.test(typed)) return [fail('A password has no spaces.'), ...this.#ask('password')];
      this.#password = typed;
      return this.next();
    }
    if (parsePassword(typed) === undefined)
      return [fail(errorCatalogue.InvalidPassword), ...this.#ask('password')];
    this.#unrepeated = typed;
    return this.#ask('passwordAgain');
  }

  #onAlreadyLoggedIn(said: Effect, isReturning: boolean): readonly Effect[] {
    if (isReturning && this.#formerSessionTries < formerSessionTriesMax) {
      this.#formerSessionTries += 1;
      return [{ do: 'wait', ms: retryMs }];
    }
    if (!this.#options.interactive)
      return [said, fail('Add --takeover to end the other session.'), { do: 'finish', code: 1 }];
    return [said, ...this.#ask('takeover')];
  }

  #orGiveUp(question: Question, said: Effect, ...more: Effect[]): readonly Effect[] {
    if (!this.#options.interactive) return [said, { do: 'finish', code: 1 }];
    return [said, ...more, ...this.#ask(question)];
  }

  #ask(question: Question): readonly Effect[] {
    this.#question = question;
    return [{ do: 'ask', prompt: this.#promptFor(question), echo: isShown(question) }];
  }

  #promptFor(question: Question): string {
    switch (question) {
      case 'user':
        return this.#register ? 'New user: ' : 'User: ';
      case 'password':
        return `${this.#register ? 'New password' : 'Password'} for ${this.#user}: `;
      case 'passwordAgain':
        return 'The same again: ';
      case 'takeover':
        return 'End the other session and log in here? (y/N) ';
    }
  }
}

const isShown = (question: Question): boolean => question === 'user' || question === 'takeover';
