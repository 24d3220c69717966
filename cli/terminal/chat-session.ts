import { lineBytesMax } from '../../core/limits.ts';
import { unreachable } from '../../core/rejection.ts';
import { utf8Length } from '../../core/text.ts';
import { type Effect, fail, tell } from './effect.ts';
import type { EnteredLine } from './entered-line.ts';
import type { LoginDialog } from './login-dialog.ts';
import { Receipts } from './receipts.ts';
import type { ServerLine } from './server-line.ts';

/** One session on a server, from its welcome on: which room one is in, and what is under way. */
export class ChatSession {
  readonly #login: LoginDialog;
  readonly #user: string;
  readonly #interactive: boolean;
  readonly #receipts = new Receipts();
  #room: string;

  constructor(
    welcome: { readonly user: string; readonly room: string },
    login: LoginDialog,
    { interactive }: { readonly interactive: boolean },
  ) {
    this.#login = login;
    this.#user = welcome.user;
    this.#room = welcome.room;
    this.#interactive = interactive;
  }

  get room(): string {
    return this.#room;
  }

  /** Begins it, in `room` if that is given. */
  begin(room: string | undefined): readonly Effect[] {
    if (!this.#interactive) return [this.#prompt()];
    const join: Effect[] =
      room === undefined || room === this.#room ? [] : [{ do: 'send', line: `/join ${room}` }];
    return [this.#prompt(), { do: 'send', line: '/receipts on' }, ...join];
  }

  /** A line of the server. */
  line(line: ServerLine): readonly Effect[] {
    if (line.kind === 'success' && line.words === 'Password changed.')
      this.#login.passwordChanged();
    if (this.#interactive && this.#receipts.hides(line)) return [];
    if (line.kind !== 'joined') return [{ do: 'show', line }];
    this.#room = line.room;
    return [{ do: 'show', line }, this.#prompt()];
  }

  /** What a person entered: shows it, for the server does not, and sends it. */
  entered(line: Exclude<EnteredLine, { kind: 'nothing' }>, text: string): readonly Effect[] {
    const bytes = utf8Length(text);
    const giveBack: Effect = { do: 'giveBack', text };
    if (bytes >= lineBytesMax)
      return [fail(`Not sent: ${bytes} bytes are too long for one line.`), giveBack];
    const send: Effect = { do: 'send', line: text };
    switch (line.kind) {
      case 'passwordChange':
        this.#login.passwordMayChange(line.next);
        return [this.#echo('/passwd ********'), send];
      case 'quit':
      case 'command':
        this.#receipts.commanded(text);
        return [this.#echo(text), send];
      case 'message':
        this.#receipts.sent(text);
        return [this.#own(line.said), send];
      default:
        return unreachable(line);
    }
  }

  /** The connection is gone: what may not have been stored. */
  lost(): readonly Effect[] {
    return this.#receipts.unconfirmed.map((text) => fail(`Perhaps not sent: ${text}`));
  }

  #prompt(): Effect {
    return { do: 'chat', prompt: `${this.#room}> ` };
  }

  #own(said: string): Effect {
    return { do: 'own', spoken: { prefix: `[${this.#room}] `, user: this.#user, said } };
  }

  #echo(text: string): Effect {
    return tell(`${this.#room}> ${text}`);
  }
}
